/**
 * The database as the service uses it: transactions of one tenant (role `app`, row-level security) and named
 * transactions over all tenants (role `system`).
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type pg from 'pg';
import { errorLine } from '../error-line.ts';
import type { Logger } from '../log.ts';
import {
  createKysely,
  createPool,
  type AppTransaction,
  type DatabaseUrls,
  type NoTables,
  type SystemTransaction,
} from './connections.ts';
import { takingTurns } from './turns.ts';

export interface Database {
  /** One transaction that sees one tenant only. */
  inTenant<T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>): Promise<T>;
  /** As {@link inTenant}, to read only, and all of it as it is at one instant. */
  inTenantSnapshot<T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>): Promise<T>;
  /** One transaction over all tenants; `name` says in the database's own views which batch it is. */
  inSystem<T>(name: string, work: (tx: SystemTransaction) => Promise<T>): Promise<T>;
  /** For the job runner, which brings its own statements and expects `bigint` as text. */
  readonly systemPool: pg.Pool;
  /** Answers when the database does, to both roles; throws with one line when not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A tenant with more at once waits here: a thousand orders, one after the other by their wallet, leave connections to others. */
const tenantAtOnce = 8;

/** Opens the pools of the roles `app` and `system`. Nothing connects before the first use. */
export function openDatabase(urls: DatabaseUrls, log: Logger): Database {
  const app = createKysely(createPool(urls.app, log, { max: 20, prepare: true }));
  const inTurn = takingTurns<bigint>(tenantAtOnce);
  const system = createKysely(createPool(urls.system, log, { max: 14 }));
  const systemPool = createPool(urls.system, log, { max: 10, libraryTypes: true });
  return {
    inTenant: (tenant, work) => inTurn(tenant, () => inTenant(app, tenant, work)),
    inTenantSnapshot: (tenant, work) => inTenantSnapshot(app, tenant, work),
    inSystem: (name, work) => inSystem(system, name, work),
    systemPool,
    async ping() {
      for (const [setting, role] of [['DATABASE_URL_APP', app] as const, ['DATABASE_URL_SYSTEM', system] as const]) {
        try {
          await sql`select 1`.execute(role);
        } catch (error) {
          throw new Error(`${setting}: PostgreSQL does not let us in: ${errorLine(error)}`, { cause: error });
        }
      }
    },
    async close() {
      await Promise.all([app.destroy(), system.destroy(), systemPool.end()]);
    },
  };
}

function inTenant<T>(app: Kysely<NoTables>, tenant: bigint, work: (tx: AppTransaction) => Promise<T>): Promise<T> {
  return app.transaction().execute(async (tx) => {
    await enter(tx, tenant);
    return work(tx);
  });
}

function inTenantSnapshot<T>(
  app: Kysely<NoTables>,
  tenant: bigint,
  work: (tx: AppTransaction) => Promise<T>,
): Promise<T> {
  const transaction = app.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return transaction.execute(async (tx) => {
    await enter(tx, tenant);
    return work(tx);
  });
}

async function enter(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`select set_config('wharfinger.tenant_id', ${String(tenant)}, true)`.execute(tx);
}

/**
 * Lets a part of a transaction over all tenants be one tenant's: in the role `app`, under row-level security, as within
 * `inTenant`. For what is written for one tenant and called from a batch.
 */
export async function asTenant<T>(
  tx: SystemTransaction,
  tenant: bigint,
  work: (tx: AppTransaction) => Promise<T>,
): Promise<T> {
  await sql`set local role wharfinger_app`.execute(tx);
  const ofTenant: Transaction<NoTables> = tx;
  await enter(ofTenant, tenant);
  const result = await work(ofTenant);
  // What is checked at commit is checked here, in the role that wrote it, while that sees the rows of this tenant.
  await sql`set constraints all immediate`.execute(tx);
  await sql`set constraints all deferred`.execute(tx);
  // Where any of it fails the transaction is over, and the role with it.
  await sql`select set_config('wharfinger.tenant_id', '', true), set_config('role', 'none', true)`.execute(tx);
  return result;
}

function inSystem<T>(system: Kysely<NoTables>, name: string, work: (tx: SystemTransaction) => Promise<T>): Promise<T> {
  return system.transaction().execute(async (tx) => {
    await sql`select set_config('application_name', ${`wharfinger ${name}`}, true)`.execute(tx);
    return work(tx);
  });
}
