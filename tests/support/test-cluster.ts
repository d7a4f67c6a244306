/**
 * One PostgreSQL for a whole test run, with a migrated template that each spec copies: see `test-database.ts`.
 * Runs in vitest's main process before and after all specs.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate, removeHome, startEmbeddedPostgres } from '../../server/src/platform/database/index.ts';
import { createLogger } from '../../server/src/platform/log.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: { host: string; password: string; templateName: string };
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'wharfinger-test-'));
  const log = createLogger('warn');
  const postgres = await startEmbeddedPostgres(home, log);
  await migrate(postgres.urls, log);
  const { host, password } = postgres.superuser;
  if (typeof host !== 'string' || typeof password !== 'string') throw new Error('the test cluster has no address');
  const client = new pg.Client(postgres.superuser);
  await client.connect();
  await client.query('alter database wharfinger is_template true');
  await client.end();
  await forgetDurability(postgres.superuser);
  project.provide('cluster', { host, password, templateName: 'wharfinger' });
  return async () => {
    await postgres.stop();
    await removeHome(home);
  };
}

/** Lets the cluster not wait for its disk: no test kills PostgreSQL itself, and copying databases is mostly such waits. */
export async function forgetDurability(superuser: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(superuser);
  await client.connect();
  await client.query('alter system set fsync = off');
  await client.query('select pg_reload_conf()');
  await client.end();
}
