import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { int64Field, wireBool, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { maskedSecret } from '../registry.ts';
import { readRegistry } from '../registry-store.ts';
import { connectionDetail, connectionDetails } from './registry-fields.ts';

export const describeAssetImageRegistryRegistryDetail = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryRegistryDetail',
  summary: 'One connected registry; secrets are masked.',
  request: z.strictObject({ RegistryId: int64Field }),
  response: z.object({
    Name: wireString,
    Username: wireString,
    Password: wireString,
    Url: wireString,
    RegistryType: wireString,
    RegistryVersion: wireString,
    NetType: wireString,
    RegistryRegion: wireString,
    SpeedLimit: wireUint64,
    Insecure: wireUint64,
    ConnDetectDetail: z.array(connectionDetail),
    InstanceID: wireString,
    SyncMode: wireUint64,
    NeedScan: wireBool,
    WebhookUrl: wireString,
    WebhookToken: wireString,
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ request, tx, tenant }) {
    const registry = await readRegistry(tx, tenant, BigInt(request.RegistryId));
    return {
      Name: registry.name,
      Username: registry.username,
      Password: registry.hasPassword ? maskedSecret : '',
      Url: registry.url,
      RegistryType: registry.registryType,
      RegistryVersion: registry.registryVersion,
      NetType: registry.netType,
      RegistryRegion: registry.registryRegion,
      SpeedLimit: registry.speedLimit,
      Insecure: registry.insecure ? 1 : 0,
      ConnDetectDetail: connectionDetails(registry),
      InstanceID: registry.instanceId,
      SyncMode: registry.syncMode === 'incremental' ? 1 : 0,
      NeedScan: registry.needScan,
      WebhookUrl: registry.webhookUrl,
      WebhookToken: registry.hasWebhookToken ? maskedSecret : '',
    };
  },
});
