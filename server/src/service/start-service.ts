/** The process: its parts started in order, stopped in the reverse order. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { startHttpServer } from '../api/http-server.ts';
import { startOperatorDoor } from '../api/operator-door.ts';
import { createAddressGuard } from '../platform/address-guard/index.ts';
import { openClock } from '../platform/clock/index.ts';
import type { Config } from '../platform/config.ts';
import { migrate, openDatabase, startEmbeddedPostgres, type DatabaseUrls } from '../platform/database/index.ts';
import { installSubscribers } from '../platform/events/index.ts';
import { startJobRunner } from '../platform/jobs/index.ts';
import type { Logger } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { openSecrets } from '../platform/secrets/index.ts';
import { startTimerLoop } from '../platform/timers/index.ts';
import { lockHome } from './home-lock.ts';
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
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const platform = await startPlatform(config, log, stops);
    const own = jobs.filter((job) => roles.has(job.role ?? 'jobs'));
    if (own.length > 0) {
      const runner = await startJobRunner(platform, { jobs: own, concurrency: 8 });
      stops.push(() => runner.stop());
    }
    if (roles.has('jobs') && platform.clock.mode === 'machine') stops.push(startTimerLoop(platform));
    if (!roles.has('api')) return { platform, stop };
    const http = await startHttpServer(platform);
    stops.push(() => http.close());
    const operator = await startOperatorDoor(platform);
    stops.push(() => operator.close());
    return { url: http.url, platform, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPlatform(config: Config, log: Logger, stops: Stop[]): Promise<Platform> {
  await mkdir(config.home, { recursive: true, mode: 0o700 });
  const home = lockHome(config.home);
  stops.push(() => home.release());
  const urls = config.database ? externalUrls(config.database) : await startDatabase(config, log, stops);
  await migrate(urls, log);
  const database = openDatabase(urls, log);
  stops.push(() => database.close());
  installSubscribers(subscribers);
  return {
    config,
    log,
    database,
    clock: await openClock(database, config.testClock),
    secrets: openSecrets(config.masterKeyFile),
    guard: createAddressGuard({ allowedNetworks: config.allowedNetworks }),
  };
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
