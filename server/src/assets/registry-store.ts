/** SQL of the table of registries. */
import type { Generated } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import {
  isMasked,
  type Health,
  type Registry,
  type RegistrySettings,
  type SyncMode,
  type SyncState,
} from './registry.ts';

interface RegistryRow {
  tenant_id: bigint;
  id: bigint;
  name: string;
  url: string;
  registry_type: string;
  registry_version: string;
  registry_region: string;
  net_type: string;
  instance_id: string;
  username: string;
  password: string;
  webhook_url: string;
  webhook_token: string;
  insecure: boolean;
  speed_limit: bigint;
  need_scan: boolean;
  sync_mode: SyncMode;
  health_code: Health['code'] | '';
  health: string;
  sync_state: SyncState;
  sync_run: number;
  sync_fail_code: string;
  sync_fail_reason: string;
  sync_message: string;
  synced_at: Temporal.Instant | null;
  sync_succeeded_at: Temporal.Instant | null;
  created_at: Temporal.Instant;
}

export type RegistryTables = { registries: Omit<RegistryRow, 'id'> & { id: Generated<bigint> } };

const passwordPurpose = 'registry password';
const webhookPurpose = 'registry webhook token';

/** All registries of a tenant, oldest first. There are at most {@link mostRegistries}, so lists filter in memory. */
export async function listRegistries(tx: AppTransaction, tenant: bigint): Promise<Registry[]> {
  const rows = await tx
    .withTables<RegistryTables>()
    .selectFrom('registries')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .orderBy('id')
    .execute();
  return rows.map(toRegistry);
}

/** A tenant connects no more registries than this. */
export const mostRegistries = 500;

/** Throws `ResourceNotFound.Registry`. With `lock` nobody else changes or removes it meanwhile. */
export async function readRegistry(
  tx: AppTransaction,
  tenant: bigint,
  id: bigint,
  { lock = false }: { lock?: boolean } = {},
): Promise<Registry> {
  const row = await tx
    .withTables<RegistryTables>()
    .selectFrom('registries')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  if (!row) throw new ActionError('ResourceNotFound.Registry', `there is no registry ${id}`);
  return toRegistry(row);
}

/** The registry of this name, compared exactly. */
export async function findRegistryByName(
  tx: AppTransaction,
  tenant: bigint,
  name: string,
): Promise<bigint | undefined> {
  const row = await tx
    .withTables<RegistryTables>()
    .selectFrom('registries')
    .select('id')
    .where('tenant_id', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id;
}

export interface RegistrySecrets {
  password: string;
  webhookToken: string;
}

/** Keeps a new registry; undefined when its name is taken. */
export async function insertRegistry(
  tx: AppTransaction,
  { secrets }: Platform,
  tenant: bigint,
  settings: RegistrySettings & RegistrySecrets & { webhookUrl: string; health: Health | undefined },
  now: Temporal.Instant,
): Promise<bigint | undefined> {
  const { password, webhookToken } = settings;
  const row = await tx
    .withTables<RegistryTables>()
    .insertInto('registries')
    .values({
      tenant_id: tenant,
      ...settingColumns(settings),
      ...healthColumns(settings.health),
      password: password && (await secrets.seal(tx, tenant, passwordPurpose, password)),
      webhook_url: settings.webhookUrl,
      webhook_token: webhookToken && (await secrets.seal(tx, tenant, webhookPurpose, webhookToken)),
      sync_state: 'doing',
      sync_run: 0,
      sync_fail_code: '',
      sync_fail_reason: '',
      sync_message: '',
      synced_at: null,
      sync_succeeded_at: null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Changes a registry; a masked password keeps the stored one. False when its new name is taken. */
export async function updateRegistry(
  tx: AppTransaction,
  { secrets }: Platform,
  tenant: bigint,
  id: bigint,
  settings: RegistrySettings & { password: string; health: Health | undefined },
): Promise<boolean> {
  const taken = await findRegistryByName(tx, tenant, settings.name);
  if (taken !== undefined && taken !== id) return false;
  const { password } = settings;
  await tx
    .withTables<RegistryTables>()
    .updateTable('registries')
    .set({
      ...settingColumns(settings),
      ...healthColumns(settings.health),
      ...(!isMasked(password) && { password: password && (await secrets.seal(tx, tenant, passwordPurpose, password)) }),
    })
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .execute();
  return true;
}

/** Opens the stored password; empty when there is none. */
export async function openRegistryPassword(
  tx: AppTransaction,
  { secrets }: Platform,
  tenant: bigint,
  id: bigint,
): Promise<string> {
  const row = await tx
    .withTables<RegistryTables>()
    .selectFrom('registries')
    .select('password')
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.password ? secrets.open(tx, tenant, passwordPurpose, row.password) : '';
}

/** Its images have to be removed before. */
export async function deleteRegistry(tx: AppTransaction, tenant: bigint, id: bigint): Promise<void> {
  await tx
    .withTables<RegistryTables>()
    .deleteFrom('registries')
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .execute();
}

/** Begins another sync: the number of its run. What an earlier one still does is ignored from now on. */
export async function beginSync(tx: AppTransaction, tenant: bigint, id: bigint): Promise<number> {
  const row = await tx
    .withTables<RegistryTables>()
    .updateTable('registries')
    .set((expression) => ({ sync_state: 'doing', sync_run: expression('sync_run', '+', 1), sync_message: '' }))
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .returning('sync_run')
    .executeTakeFirstOrThrow();
  return row.sync_run;
}

export interface SyncEnd {
  failure: { code: string; reason: string } | undefined;
  message: string;
  health: Health | undefined;
}

export async function endSync(
  tx: AppTransaction,
  tenant: bigint,
  id: bigint,
  { failure, message, health }: SyncEnd,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .withTables<RegistryTables>()
    .updateTable('registries')
    .set({
      ...healthColumns(health),
      sync_state: failure ? 'failed' : 'success',
      sync_fail_code: failure?.code ?? '',
      sync_fail_reason: failure?.reason ?? '',
      sync_message: message,
      synced_at: now,
      ...(!failure && { sync_succeeded_at: now }),
    })
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .execute();
}

function settingColumns(settings: RegistrySettings) {
  return {
    name: settings.name,
    url: settings.url,
    registry_type: settings.registryType,
    registry_version: settings.registryVersion,
    registry_region: settings.registryRegion,
    net_type: settings.netType,
    instance_id: settings.instanceId,
    username: settings.username,
    insecure: settings.insecure,
    speed_limit: settings.speedLimit,
    need_scan: settings.needScan,
    sync_mode: settings.syncMode,
  };
}

function healthColumns(health: Health | undefined) {
  return { health_code: health?.code ?? ('' as const), health: health?.message ?? '' };
}

function toRegistry(row: RegistryRow): Registry {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    registryType: row.registry_type,
    registryVersion: row.registry_version,
    registryRegion: row.registry_region,
    netType: row.net_type,
    instanceId: row.instance_id,
    username: row.username,
    insecure: row.insecure,
    speedLimit: row.speed_limit,
    needScan: row.need_scan,
    syncMode: row.sync_mode,
    webhookUrl: row.webhook_url,
    hasPassword: row.password !== '',
    hasWebhookToken: row.webhook_token !== '',
    health: row.health_code === '' ? undefined : { code: row.health_code, message: row.health },
    sync: {
      state: row.sync_state,
      run: row.sync_run,
      failCode: row.sync_fail_code,
      failReason: row.sync_fail_reason,
      message: row.sync_message,
      endedAt: row.synced_at,
      succeededAt: row.sync_succeeded_at,
    },
  };
}
