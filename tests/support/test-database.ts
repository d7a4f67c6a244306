/** A database of its own for a spec: a copy of the migrated template, gone afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { createAddressGuard } from '../../server/src/platform/address-guard/index.ts';
import { openClock } from '../../server/src/platform/clock/index.ts';
import { readConfig } from '../../server/src/platform/config.ts';
import { openDatabase, type DatabaseUrls } from '../../server/src/platform/database/index.ts';
import { installSubscribers } from '../../server/src/platform/events/index.ts';
import { createLogger } from '../../server/src/platform/log.ts';
import type { Platform } from '../../server/src/platform/platform.ts';
import { openSecrets } from '../../server/src/platform/secrets/index.ts';
import { installBatches } from '../../server/src/platform/timers/index.ts';
import { batches } from '../../server/src/service/batches.ts';
import { subscribers } from '../../server/src/service/subscribers.ts';

export interface TestPlatform extends Platform {
  urls: DatabaseUrls;
  close(): Promise<void>;
}

/** A platform over a fresh database. With `testClock` business time stands at that instant until it is moved. */
export async function testPlatform(
  options: { testClock?: string; env?: Record<string, string> } = {},
): Promise<TestPlatform> {
  const { host, password, templateName } = inject('cluster');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const superuser = new pg.Client({ host, user: 'postgres', password, database: 'postgres' });
  await superuser.connect();
  await copyTemplate(superuser, name, templateName);
  const home = mkdtempSync(join(tmpdir(), 'wharfinger-home-'));
  const log = createLogger(process.env['WHARFINGER_TEST_LOG'] ?? 'silent');
  const connect = (user: string): pg.PoolConfig => ({ host, user, password, database: name });
  const urls = {
    owner: connect('wharfinger_owner'),
    app: connect('wharfinger_app'),
    system: connect('wharfinger_system'),
  };
  const database = openDatabase(urls, log);
  const config = readConfig({ WHARFINGER_HOME: home, ...options.env });
  installSubscribers(subscribers);
  installBatches(batches);
  return {
    config,
    log,
    database,
    urls,
    clock: await openClock(database, options.testClock ? Temporal.Instant.from(options.testClock) : undefined),
    secrets: openSecrets(config.masterKeyFile),
    guard: createAddressGuard({ allowedNetworks: config.allowedNetworks }),
    async close() {
      await database.close();
      await superuser.query(`drop database ${name} with (force)`);
      await superuser.end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Only one copy of a template can be made at a time; another one waits. */
async function copyTemplate(superuser: pg.Client, name: string, template: string): Promise<void> {
  await superuser.query('select pg_advisory_lock(1)');
  try {
    await superuser.query(`create database ${name} template ${template} owner wharfinger_owner`);
  } finally {
    await superuser.query('select pg_advisory_unlock(1)');
  }
}
