/** A PostgreSQL of its own for a benchmark, set as the service sets its embedded one, with the service's schema; gone afterwards. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import {
  migrate,
  openDatabase,
  removeHome,
  startEmbeddedPostgres,
  type Database,
  type DatabaseUrls,
} from '../server/src/platform/database/index.ts';
import { createLogger } from '../server/src/platform/log.ts';

export interface OwnService {
  urls: DatabaseUrls;
  superuser: pg.PoolConfig;
  database: Database;
  /** Settings that the figures depend on, as the server has them. */
  settings: Record<string, string>;
  /** Processor time that the server, its sessions and its ended sessions have used. Linux only. */
  serverCpuSeconds: () => Promise<number>;
  close(): Promise<void>;
}

export async function startOwnService(): Promise<OwnService> {
  const log = createLogger('error');
  const home = await mkdtemp(join(tmpdir(), 'wharfinger-bench-'));
  const postgres = await startEmbeddedPostgres(home, log);
  await migrate(postgres.urls, log);
  const database = openDatabase(postgres.urls, log);
  const { rows } = await database.systemPool.query<{ name: string; setting: string }>(`
    select name, current_setting(name) as setting from unnest(array['server_version', 'fsync', 'synchronous_commit',
      'full_page_writes', 'shared_buffers', 'max_wal_size', 'default_toast_compression']) as name`);
  return {
    urls: postgres.urls,
    superuser: { ...postgres.superuser, database: postgres.urls.owner.database },
    database,
    settings: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
    serverCpuSeconds: () => treeCpuSeconds(postgres.dataFolder),
    async close() {
      await database.close();
      await postgres.stop();
      await removeHome(home);
    },
  };
}

/** The clock of processes ticks a hundred times a second. */
async function treeCpuSeconds(dataFolder: string): Promise<number> {
  const [first = ''] = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
  const children = (await readFile(`/proc/${first}/task/${first}/children`, 'utf8')).split(' ').filter(Boolean);
  const ticks = await Promise.all([first, ...children].map(processTicks));
  return ticks.reduce((sum, own) => sum + own, 0) / 100;
}

/** Of a process and those of its children that have ended. */
async function processTicks(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
