import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { filtersField, pageFields, readFilters, type Filter } from '../../platform/wire-lists.ts';
import { stringField, toWireTime, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { solutionFor, type Registry } from '../registry.ts';
import { listRegistries } from '../registry-store.ts';
import { connectionDetail, connectionDetails } from './registry-fields.ts';

const listEntry = z.object({
  RegistryId: wireUint64,
  Name: wireString,
  RegistryType: wireString,
  Url: wireString,
  NetType: wireString,
  RegistryRegion: wireString,
  RegistryVersion: wireString,
  ConnectMsg: wireString,
  ConnDetectType: wireString,
  ConnDetectHostCount: wireUint64,
  ConnDetectDetail: z.array(connectionDetail),
  InstanceID: wireString,
  LatestSyncTime: wireString,
  SyncStatus: wireString,
  SyncFailReason: wireString,
  SyncSolution: wireString,
  SyncMessage: wireString,
  SyncMode: wireUint64,
});

export const describeAssetImageRegistryRegistryList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryRegistryList',
  summary: 'The connected registries, with how their last sync ended.',
  request: z.strictObject({
    ...pageFields,
    Filters: filtersField,
    By: stringField.max(64).default(''),
    Order: z.enum(['asc', 'desc']).default('asc'),
  }),
  response: z.object({ List: z.array(listEntry), TotalCount: wireUint64 }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ request, tx, tenant }) {
    const entries = (await listRegistries(tx, tenant)).map(toEntry);
    const { known, unknown } = readFilters(request.Filters, filterNames);
    if (unknown[0] !== undefined) {
      throw new ActionError(
        'InvalidParameter',
        `there is no filter ${unknown[0]} here; there are ${filterNames.join(', ')}`,
      );
    }
    const chosen = entries.filter((entry) =>
      // Registries are not authorised one by one: "all", 0 and 1 hide none.
      known.every(({ name, filter }) => name === 'IsAuthorized' || matches(String(entry[name]), filter)),
    );
    const by =
      request.By === '' ? 'RegistryId' : orderNames.find((name) => name.toLowerCase() === request.By.toLowerCase());
    if (by === undefined) throw new ActionError('InvalidParameter', `By: order by one of ${orderNames.join(', ')}`);
    const sign = request.Order === 'desc' ? -1 : 1;
    chosen.sort((one, other) => sign * (compare(one[by], other[by]) || compare(one.RegistryId, other.RegistryId)));
    return { List: chosen.slice(request.Offset, request.Offset + request.Limit), TotalCount: chosen.length };
  },
});

const filterNames = [
  ...(['RegistryId', 'Name', 'RegistryType', 'Url', 'NetType', 'RegistryRegion', 'InstanceID', 'SyncStatus'] as const),
  'IsAuthorized',
] as const;
const orderNames = ['RegistryId', 'Name', 'RegistryType', 'Url', 'LatestSyncTime', 'SyncStatus'] as const;

function toEntry(registry: Registry) {
  const { sync, health } = registry;
  const failed = sync.state === 'failed';
  return {
    RegistryId: registry.id,
    Name: registry.name,
    RegistryType: registry.registryType,
    Url: registry.url,
    NetType: registry.netType,
    RegistryRegion: registry.registryRegion,
    RegistryVersion: registry.registryVersion,
    ConnectMsg: health?.message ?? '',
    ConnDetectType: 'backend',
    ConnDetectHostCount: 0,
    ConnDetectDetail: connectionDetails(registry),
    InstanceID: registry.instanceId,
    LatestSyncTime: toWireTime(sync.endedAt, marketTimeZone),
    SyncStatus: sync.state,
    SyncFailReason: failed ? sync.failReason : '',
    SyncSolution: failed ? solutionFor(sync.failCode) : '',
    SyncMessage: sync.message,
    SyncMode: registry.syncMode === 'incremental' ? 1 : 0,
  };
}

function matches(text: string, { values, exact }: Filter): boolean {
  const own = text.toLowerCase();
  return values.some((value) => (exact ? own === value.toLowerCase() : own.includes(value.toLowerCase())));
}

function compare(one: string | bigint, other: string | bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
