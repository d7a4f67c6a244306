/** The process: its parts started in order, stopped in the reverse order. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { importStarterSet } from '../advisories/index.ts';
import { startHttpServer } from '../api/http-server.ts';
import { startOperatorDoor } from '../api/operator-door.ts';
import { createAddressGuard } from '../platform/address-guard/index.ts';
import { openFolderBlobs } from '../platform/blobs/index.ts';
import { openClock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config.ts';
import { migrate, openDatabase, startEmbeddedPostgres, type DatabaseUrls } from '../platform/database/index.ts';
import { errorLine } from '../platform/error-line.ts';
import { installSubscribers } from '../platform/events/index.ts';
import { jobRoles, startJobRunner, type JobRole } from '../platform/jobs/index.ts';
import type { Logger } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { openSecrets } from '../platform/secrets/index.ts';
import { installBatches, startTimerLoop } from '../platform/timers/index.ts';
import { closeScanSandbox, scansAtOnce, startRematching } from '../scanning/index.ts';
import { installDeletionHooks, installExportParts } from '../subscriptions/index.ts';
import { HomeInUseError, lockHome, type HomeLock } from './home-lock.ts';
import { batches } from './batches.ts';
import { deletionHooks } from './deletion-hooks.ts';
import { exportParts } from './export-parts.ts';
import { jobs } from './jobs.ts';
import type { Role } from './roles.ts';
import { subscribers } from './subscribers.ts';

export interface Service {
  /** Where the API answers; absent without the role `api`. */
  url?: string;
  platform: Platform;
  /** Lets what runs end, then closes everything. */
  stop(): Promise<void>;
}

/** What has been started, newest last. */
type Stop = () => Promise<void> | void;

/** Starts the parts that the roles need. Throws with one line when one cannot start; what had started is stopped. */
export async function startService(config: Config, roles: ReadonlySet<Role>, log: Logger): Promise<Service> {
  const stops: Stop[] = [];
  const stop = () => stopAll(stops.splice(0).toReversed());
  try {
    const platform = await startPlatform(config, log, stops);
    if (await importStarterSet(platform)) log.info('the starter set of advisories was imported');
    for (const role of jobRoles) if (roles.has(role)) await startJobs(platform, role, stops);
    if (roles.has('jobs') && platform.clock.mode === 'machine') stops.push(startTimerLoop(platform));
    if (!roles.has('api')) return { platform, stop };
    const http = await startHttpServer(platform);
    stops.push(() => http.close());
    const operator = await startOperatorDoor(platform);
    stops.push(() => operator.close());
    return { url: http.url, platform, stop };
  } catch (error) {
    await stop().catch((second: unknown) => log.warn({ err: second }, 'what had started did not stop in order'));
    throw error;
  }
}

/** Scans have workers of their own: long work never keeps what is due now waiting. */
const concurrency = { jobs: 8, scan: scansAtOnce } as const satisfies Record<JobRole, number>;

async function startJobs(platform: Platform, role: JobRole, stops: Stop[]): Promise<void> {
  if (role === 'scan') stops.push(() => closeScanSandbox(platform));
  const own = jobs.filter((job) => (job.role ?? 'jobs') === role);
  const runner = await startJobRunner(platform, { jobs: own, concurrency: concurrency[role] });
  stops.push(() => runner.stop());
  if (role === 'jobs') stops.push(startRematching(platform));
}

/** One part that fails to stop does not keep the others running. */
async function stopAll(ends: readonly Stop[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of ends) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `the stop was not orderly: ${errors.map(errorLine).join('; ')}`);
}

async function startPlatform(config: Config, log: Logger, stops: Stop[]): Promise<Platform> {
  const home = await takeHome(config.home);
  stops.push(() => home.release());
  const urls = config.database ? externalUrls(config.database) : await startDatabase(config, log, stops);
  await migrate(urls, log);
  const database = openDatabase(urls, log);
  stops.push(() => database.close());
  await database.ping();
  installSubscribers(subscribers);
  installBatches(batches);
  installDeletionHooks(deletionHooks);
  installExportParts(exportParts);
  const secrets = openSecrets(config.masterKeyFile);
  await database.inSystem('check the master keys', (tx) => secrets.requireMasterKeys(tx));
  return {
    config,
    log,
    database,
    clock: await openClock(database, config.testClock),
    secrets,
    blobs: openFolderBlobs(config.home),
    guard: createAddressGuard({ allowedNetworks: config.allowedNetworks }),
  };
}

async function takeHome(home: string): Promise<HomeLock> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    return lockHome(home);
  } catch (error) {
    if (error instanceof HomeInUseError) throw error;
    throw new Error(`WHARFINGER_HOME: ${home} cannot be used: ${errorLine(error)}`, { cause: error });
  }
}

async function startDatabase(config: Config, log: Logger, stops: Stop[]): Promise<DatabaseUrls> {
  const postgres = await startEmbeddedPostgres(config.home, log);
  stops.push(() => postgres.stop());
  return postgres.urls;
}

function externalUrls(urls: NonNullable<Config['database']>): DatabaseUrls {
  return {
    owner: { connectionString: urls.owner },
    app: { connectionString: urls.app },
    system: { connectionString: urls.system },
  };
}

/** The service's version, from its package. */
export function serviceVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
