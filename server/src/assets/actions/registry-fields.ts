/** Fields that the actions about registries share. */
import { z } from 'zod';
import { int64Field, stringField, uint64Field, wireInt64, wireString } from '../../platform/wire-types.ts';
import { solutionFor, type Registry, type RegistrySettings } from '../registry.ts';

/** What both adding and changing take. `RegistryType` and `NetType` change nothing: the distribution API serves all. */
export const settingFields = {
  Name: stringField.min(1).max(128),
  Username: stringField.max(512),
  Password: stringField.max(16_384),
  Url: stringField.min(1).max(1024),
  RegistryType: stringField.regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  NetType: stringField.max(64),
  RegistryVersion: stringField.max(128).default(''),
  RegistryRegion: stringField.max(128).default(''),
  SpeedLimit: int64Field.min(0).default(0),
  Insecure: uint64Field.max(1).default(0),
  /** Hosts that are to probe the registry; here the service itself does. */
  ConnDetectConfig: z
    .array(z.strictObject({ Quuid: stringField.max(128).optional(), Uuid: stringField.max(128).optional() }))
    .max(100)
    .optional(),
  NeedScan: z.boolean().default(false),
  SyncMode: uint64Field.max(1).default(0),
  InstanceId: stringField.max(128).default(''),
};

const settings = z.object(settingFields);

/** The settings as the domain has them. */
export function toSettings(request: z.output<typeof settings>): RegistrySettings {
  return {
    name: request.Name,
    url: request.Url,
    registryType: request.RegistryType,
    registryVersion: request.RegistryVersion,
    registryRegion: request.RegistryRegion,
    netType: request.NetType,
    instanceId: request.InstanceId,
    username: request.Username,
    insecure: request.Insecure === 1,
    speedLimit: BigInt(request.SpeedLimit),
    needScan: request.NeedScan,
    syncMode: request.SyncMode === 1 ? 'incremental' : 'full',
  };
}

/** What adding and changing answer: texts for what went wrong, and an id only when the registry is stored. */
export const storedResponse = z.object({
  HealthCheckErr: wireString,
  NameRepeatErr: wireString,
  RegistryId: wireInt64,
});

export function nameTaken(name: string) {
  return { HealthCheckErr: '', NameRepeatErr: `there is a registry of the name "${name}" already`, RegistryId: 0 };
}

export const connectionDetail = z.object({
  Quuid: wireString,
  Uuid: wireString,
  ConnDetectStatus: wireString,
  ConnDetectMessage: wireString,
  Solution: wireString,
  FailReason: wireString,
});

/** One look, by this service: there are no probing hosts whose ids could be told. */
export function connectionDetails({ health }: Registry): z.input<typeof connectionDetail>[] {
  const status =
    health === undefined
      ? 'status_connected'
      : health.code === 'registry-denied'
        ? 'status_auth_failed'
        : 'status_connect_failed';
  return [
    {
      Quuid: '',
      Uuid: '',
      ConnDetectStatus: status,
      ConnDetectMessage: health?.message ?? '',
      Solution: health ? solutionFor(health.code) : '',
      FailReason: health?.code ?? '',
    },
  ];
}
