/** A platform over a database of a test cluster, with the service's own subscribers and batches; also outside of a spec. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createAddressGuard } from '../../server/src/platform/address-guard/index.ts';
import { openFolderBlobs } from '../../server/src/platform/blobs/index.ts';
import { openClock } from '../../server/src/platform/clock/index.ts';
import { readConfig } from '../../server/src/platform/config.ts';
import { openDatabase, type DatabaseUrls } from '../../server/src/platform/database/index.ts';
import { installSubscribers } from '../../server/src/platform/events/index.ts';
import { createLogger } from '../../server/src/platform/log.ts';
import type { Platform } from '../../server/src/platform/platform.ts';
import { openSecrets } from '../../server/src/platform/secrets/index.ts';
import { installBatches } from '../../server/src/platform/timers/index.ts';
import { batches } from '../../server/src/service/batches.ts';
import { deletionHooks } from '../../server/src/service/deletion-hooks.ts';
import { exportParts } from '../../server/src/service/export-parts.ts';
import { subscribers } from '../../server/src/service/subscribers.ts';
import { installDeletionHooks, installExportParts } from '../../server/src/subscriptions/index.ts';

export interface TestPlatform extends Platform {
  urls: DatabaseUrls;
  close(): Promise<void>;
}

/** Where a test cluster listens, and its superuser's password. */
export interface ClusterAddress {
  host: string;
  password: string;
}

/** With `testClock` business time stands at that instant until it is moved; a database that has a clock keeps it. */
export async function platformOver(
  { host, password }: ClusterAddress,
  name: string,
  { testClock, env }: { testClock?: string | undefined; env?: Record<string, string> } = {},
): Promise<TestPlatform> {
  const home = mkdtempSync(join(tmpdir(), 'wharfinger-home-'));
  const log = createLogger(process.env['WHARFINGER_TEST_LOG'] ?? 'silent');
  const connect = (user: string): pg.PoolConfig => ({ host, user, password, database: name });
  const urls = {
    owner: connect('wharfinger_owner'),
    app: connect('wharfinger_app'),
    system: connect('wharfinger_system'),
  };
  const database = openDatabase(urls, log);
  const config = readConfig({ WHARFINGER_HOME: home, ...env });
  installSubscribers(subscribers);
  installBatches(batches);
  installDeletionHooks(deletionHooks);
  installExportParts(exportParts);
  return {
    config,
    log,
    database,
    urls,
    clock: await openClock(database, testClock ? Temporal.Instant.from(testClock) : undefined),
    secrets: openSecrets(config.masterKeyFile),
    blobs: openFolderBlobs(config.home),
    guard: createAddressGuard({ allowedNetworks: config.allowedNetworks }),
    async close() {
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
