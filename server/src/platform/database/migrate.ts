/**
 * Numbered SQL files in `server/migrations/`, each applied once, in order, in a transaction of its own, by the owner's
 * role. Two processes that start at once take turns. A file that was applied and has changed since stops the start.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { errorLine } from '../error-line.ts';
import type { Logger } from '../log.ts';
import { machineTime } from '../machine-time.ts';
import type { DatabaseUrls } from './connections.ts';

const folder = join(import.meta.dirname, '../../../migrations');
/** Any fixed number; it names the lock that two starting processes take in turn. */
const lockKey = 7_261_190_026;

/** The schema cannot be brought to this version's; the message says why and what to do. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

/** Brings the schema to this version's and lets the other two roles in. Returns the numbers of the applied files. */
export async function migrate(urls: DatabaseUrls, log: Logger): Promise<number[]> {
  const client = new pg.Client(urls.owner);
  // A lost connection fails the statement that runs; without a listener it would end the process.
  client.on('error', (error) => log.warn({ err: error }, 'the connection of the migrations was lost'));
  try {
    await client.connect();
  } catch (error) {
    throw new MigrationError(`DATABASE_URL: PostgreSQL does not let us in: ${errorLine(error)}`, { cause: error });
  }
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await ensureRoles(client, urls);
    await requireSeparateRoles(client, urls);
    await letSystemBecomeApp(client, urls);
    await runMigrations({ connectionString: connectionString(urls.owner), schema: 'graphile_worker' });
    const applied = await applyFiles(client);
    await openQueueToSystem(client);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
    return applied;
  } finally {
    await client.end();
  }
}

/**
 * graphile-worker protects its tables by row-level security without policies; the system role works on them. A worker that
 * ends a job looks for the next before the job's queue is free again, and would then sleep for its whole poll interval
 * although that queue holds more: the trigger wakes one when a queue becomes free.
 */
async function openQueueToSystem(client: pg.Client): Promise<void> {
  await client.query(`
    grant usage on schema graphile_worker to wharfinger_system;
    grant select, insert, update, delete on all tables in schema graphile_worker to wharfinger_system;
    grant usage, select on all sequences in schema graphile_worker to wharfinger_system;
    create or replace function graphile_worker.wharfinger_queue_freed() returns trigger language plpgsql as $body$
      begin
        perform pg_notify('jobs:insert', '{"r":' || random()::text || ',"count":1}');
        return null;
      end $body$;
    create or replace trigger wharfinger_queue_freed after update on graphile_worker._private_job_queues
      for each row when (old.locked_at is not null and new.locked_at is null)
      execute function graphile_worker.wharfinger_queue_freed();
    grant execute on all functions in schema graphile_worker to wharfinger_system;
    do $$ declare queue_table record; begin
      for queue_table in select c.oid::regclass as name from pg_class c
        where c.relnamespace = 'graphile_worker'::regnamespace and c.relrowsecurity
          and not exists (select from pg_policy where polrelid = c.oid and polname = 'wharfinger_system')
      loop
        execute format('create policy wharfinger_system on %s to wharfinger_system using (true) with check (true)', queue_table.name);
      end loop;
    end $$`);
}

async function applyFiles(client: pg.Client): Promise<number[]> {
  await client.query(`create table if not exists migrations (
    number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null)`);
  const { rows } = await client.query<{ number: number; name: string; sha256: string }>('select * from migrations');
  const known = new Map(rows.map((row) => [row.number, row]));
  const files = await migrationFiles();
  const newest = files.at(-1)?.number ?? 0;
  const unknown = [...known.keys()].find((number) => number > newest);
  if (unknown !== undefined) {
    throw new MigrationError(
      `the database has migration ${unknown}, this version ends at ${newest}; start a newer version`,
    );
  }
  const applied: number[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file.name), 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const before = known.get(file.number);
    if (before && before.sha256 !== sha256) {
      throw new MigrationError(
        `migration ${file.name} was changed after it had been applied; restore it and add a new file`,
      );
    }
    if (before) continue;
    try {
      await client.query('begin');
      await client.query(text);
      await client.query('insert into migrations values ($1, $2, $3, $4)', [
        file.number,
        file.name,
        sha256,
        machineTime().toString(),
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw new MigrationError(`migration ${file.name} failed: ${errorLine(error)}`, { cause: error });
    }
    applied.push(file.number);
  }
  return applied;
}

async function migrationFiles(): Promise<{ number: number; name: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return names.map((name, index) => {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (number !== index + 1)
      throw new MigrationError(`migrations/${name}: expected the number ${index + 1}, in four digits`);
    return { number, name };
  });
}

const groups = { app: 'wharfinger_app', system: 'wharfinger_system' } as const;

/** Policies and grants name the group roles; whoever logs in for the service is made a member. */
async function ensureRoles(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  for (const side of ['app', 'system'] as const) {
    const group = groups[side];
    const login = userOf(urls[side]);
    try {
      await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${group}') then create role ${group} nologin; end if;
      end $$`);
      const { rows } = await client.query<{ member: boolean }>(
        "select pg_has_role(oid, $2, 'member') as member from pg_roles where rolname = $1",
        [login, group],
      );
      if (rows[0]?.member === false) await client.query(`grant ${group} to ${pg.escapeIdentifier(login)}`);
    } catch (error) {
      throw new MigrationError(
        `DATABASE_URL: its role cannot make the role ${group} or let ${login} into it: ${errorLine(error)}`,
        { cause: error },
      );
    }
  }
}

/** A batch does for one tenant what is done in the role `app`; it takes that role for it and inherits nothing of it. */
async function letSystemBecomeApp(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  const login = userOf(urls.system);
  try {
    const { rows } = await client.query<{ may: boolean }>(`select pg_has_role($1, $2, 'set') as may`, [
      login,
      groups.app,
    ]);
    if (rows[0]?.may === false)
      await client.query(`grant ${groups.app} to ${groups.system} with inherit false, set true`);
  } catch (error) {
    throw new MigrationError(
      `DATABASE_URL: its role cannot let ${groups.system} become ${groups.app}: ${errorLine(error)}`,
      { cause: error },
    );
  }
}

/** A role that sees all tenants as `app` would take row-level security away without a sign. */
async function requireSeparateRoles(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  const login = userOf(urls.app);
  const { rows } = await client.query<{ everything: boolean }>(
    `select rolsuper or rolbypassrls or pg_has_role(oid, $2, 'member') as everything from pg_roles where rolname = $1`,
    [login, groups.system],
  );
  if (rows[0]?.everything) {
    throw new MigrationError(
      `DATABASE_URL_APP: the role ${login} may see all tenants; give it a role of its own, no superuser and not that of DATABASE_URL_SYSTEM`,
    );
  }
}

/** As the driver reads it, with its defaults. */
function userOf(config: pg.PoolConfig): string {
  return new pg.Client(config).user ?? '';
}

/** graphile-worker takes a URL; the embedded server's socket folder goes into its `host` parameter. */
function connectionString(config: pg.PoolConfig): string {
  if (config.connectionString) return config.connectionString;
  const { user, password, database, host } = config;
  if (typeof password !== 'string') throw new MigrationError('the owner of the database has no password');
  const parts = [user ?? '', password, database ?? ''].map(encodeURIComponent);
  return `postgres://${parts[0]}:${parts[1]}@/${parts[2]}?host=${encodeURIComponent(host ?? '')}`;
}
