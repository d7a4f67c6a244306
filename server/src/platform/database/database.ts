/**
 * The database as the service uses it: transactions of one tenant (role `app`, row-level security) and named
 * transactions over all tenants (role `system`).
 */
import { sql, type Kysely } from 'kysely';
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

export interface Database {
  /** One transaction that sees one tenant only. */
  inTenant<T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>): Promise<T>;
  /**
   * One transaction for the work of many tenants, one after the other: each sees its own rows only and has a savepoint of
   * its own, so that one that fails keeps nothing and stops no other. Gives what failed.
   */
  inTenants(
    tenants: readonly bigint[],
    work: (tx: AppTransaction, tenant: bigint) => Promise<void>,
  ): Promise<Map<bigint, unknown>>;
  /** One transaction over all tenants; `name` says in the database's own views which batch it is. */
  inSystem<T>(name: string, work: (tx: SystemTransaction) => Promise<T>): Promise<T>;
  /** For the job runner, which brings its own statements and expects `bigint` as text. */
  readonly systemPool: pg.Pool;
  /** Answers when the database does, to both roles; throws with one line when not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the pools of the roles `app` and `system`. Nothing connects before the first use. */
export function openDatabase(urls: DatabaseUrls, log: Logger): Database {
  const app = createKysely(createPool(urls.app, log, { max: 20 }));
  const system = createKysely(createPool(urls.system, log, { max: 14 }));
  const systemPool = createPool(urls.system, log, { max: 10, libraryTypes: true });
  return {
    inTenant: (tenant, work) => inTenant(app, tenant, work),
    inTenants: (tenants, work) => inTenants(app, tenants, work),
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

function inTenants(
  app: Kysely<NoTables>,
  tenants: readonly bigint[],
  work: (tx: AppTransaction, tenant: bigint) => Promise<void>,
): Promise<Map<bigint, unknown>> {
  return app.transaction().execute(async (tx) => {
    const failed = new Map<bigint, unknown>();
    for (const tenant of tenants) {
      await sql`savepoint tenant`.execute(tx);
      try {
        await enter(tx, tenant);
        await work(tx, tenant);
        // What is checked at commit is checked here, while the rows of this tenant can be seen.
        await sql`set constraints all immediate`.execute(tx);
        await sql`set constraints all deferred`.execute(tx);
      } catch (error) {
        await sql`rollback to savepoint tenant`.execute(tx);
        failed.set(tenant, error);
      }
      await sql`release savepoint tenant`.execute(tx);
    }
    return failed;
  });
}

async function enter(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`select set_config('wharfinger.tenant_id', ${String(tenant)}, true)`.execute(tx);
}

function inSystem<T>(system: Kysely<NoTables>, name: string, work: (tx: SystemTransaction) => Promise<T>): Promise<T> {
  return system.transaction().execute(async (tx) => {
    await sql`select set_config('application_name', ${`wharfinger ${name}`}, true)`.execute(tx);
    return work(tx);
  });
}
