/**
 * Pools of connections in the three roles, and how PostgreSQL's types come out: `bigint` as `bigint`, timestamps as
 * `Temporal.Instant`, `numeric` as text. This is the only place that says so.
 */
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { isStalePlan, preparedStatements } from './prepared-statements.ts';

/** Where and as whom to connect. */
export interface DatabaseUrls {
  /** Migrations only. */
  owner: pg.PoolConfig;
  /** Tenant tables inside a tenant transaction. */
  app: pg.PoolConfig;
  /** Named batches and jobs, with policies of their own. */
  system: pg.PoolConfig;
}

/** Tables are declared by the domain that owns them: `tx.withTables<RegistryTables>()`. */
export type NoTables = Record<never, never>;

declare const role: unique symbol;
/** A transaction of one tenant: row-level security lets it see that tenant's rows only. */
export type AppTransaction = Transaction<NoTables> & { readonly [role]?: 'app' };
/** A transaction over all tenants, for named batches and jobs. */
export type SystemTransaction = Transaction<NoTables> & { readonly [role]?: 'system' };

const int8 = 20;
const timestamptz = 1184;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return BigInt;
    if (oid === timestamptz) return parseTimestamp;
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the library's own enum lists only some oids
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

/** PostgreSQL writes `2026-03-01 02:00:00+00`; sessions run in UTC, so the offset is never anything else. */
function parseTimestamp(text: string): Temporal.Instant {
  return Temporal.Instant.from(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}

/** Sends `Temporal.Instant` parameters as text. */
class Client extends pg.Client {
  override query(...input: unknown[]): never {
    const values = input[1];
    if (Array.isArray(values)) input[1] = values.map(toParameter);
    // oxlint-disable-next-line typescript/unbound-method -- it is called with its own `this`
    return Reflect.apply(super.query, this, input) as never;
  }
}

/** Prepares what comes again. */
class PreparingClient extends Client {
  static readonly statements = preparedStatements();

  override query(...input: unknown[]): never {
    const [text, values, ...rest] = input;
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return super.query(...input);
    const name = PreparingClient.statements.nameOf(text);
    if (name === undefined) return super.query(...input);
    const running: unknown = super.query({ name, text, values: values.map(toParameter) }, ...rest);
    if (running instanceof Promise) {
      running.catch((error: unknown) => isStalePlan(error) && PreparingClient.statements.renew());
    }
    return running as never;
  }
}

function toParameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return value.toString();
  return value;
}

/**
 * A pool that survives the loss of its server: a broken idle connection is logged and replaced. With `libraryTypes`
 * values come out as libraries with statements of their own expect them: `bigint` as text. With `prepare` statements that
 * come again are prepared.
 */
export function createPool(
  config: pg.PoolConfig,
  log: Logger,
  { max, libraryTypes = false, prepare = false }: { max: number; libraryTypes?: boolean; prepare?: boolean },
): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    max,
    ...(!libraryTypes && { types }),
    Client: prepare ? PreparingClient : Client,
    options: '-c timezone=UTC -c statement_timeout=120000 -c idle_in_transaction_session_timeout=120000',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) => {
    // An ending pool does not wait for its last goodbyes; the server may be stopped before they arrive.
    if (!pool.ending) log.warn({ err: error }, 'an idle database connection was lost');
  });
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ err: error }, 'a database connection was lost')),
  );
  return pool;
}

/** Kysely over a pool; closing it closes the pool. */
export function createKysely(pool: pg.Pool): Kysely<NoTables> {
  return new Kysely<NoTables>({ dialect: new PostgresDialect({ pool }) });
}
