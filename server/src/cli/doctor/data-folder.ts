import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorLine } from '../../platform/error-line.ts';
import { openMasterKeys } from '../../platform/secrets/master-keys.ts';
import { fail, ok, warn, type Check, type Ground } from './check.ts';

const gibibyte = 2n ** 30n;
const leastBytes = gibibyte / 4n;
const comfortableBytes = 2n * gibibyte;

/** Whether the data folder can be used, and by whom. */
export function checkDataFolder({ home }: Ground): Check[] {
  const name = 'data folder';
  const existing = nearestExisting(home);
  try {
    if (!statSync(existing).isDirectory()) return [fail(name, `${existing} is a file`, 'set WHARFINGER_HOME')];
    accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [fail(name, `${home} cannot be written: ${errorLine(error)}`, 'set WHARFINGER_HOME, or start as its owner')];
  }
  if (existing !== home) return [ok(name, `${home} is made on the first start`)];
  const mode = statSync(home).mode & 0o777;
  const shown = `${home}, mode ${mode.toString(8).padStart(4, '0')}`;
  if ((mode & 0o022) !== 0) return [fail(name, `${shown}: others can write to it`, `chmod go-rw ${home}`)];
  // As root, the server's own account passes through it: the right to do that shows nobody what is in there.
  if ((mode & 0o044) !== 0) return [warn(name, `${shown}: others can list it`, `chmod go-rw ${home}`)];
  return [ok(name, shown)];
}

/** Room on the disks of the data folder and, as root, of the database's cluster. */
export function checkDisk({ home }: Ground): Check[] {
  const folders = [home, readPointer(join(home, 'postgres-cluster'))].filter((folder) => folder !== undefined);
  return folders.map((folder) => {
    const { bavail, bsize } = statfsSync(nearestExisting(folder), { bigint: true });
    const free = bavail * bsize;
    const found = `${(Number(free) / Number(gibibyte)).toFixed(1)} GiB free for ${folder}`;
    if (free < leastBytes) return fail('disk', found, 'make room: the database stops when the disk is full');
    if (free < comfortableBytes)
      return warn('disk', found, 'keep 2 GiB free: advisories and images of one scan need it');
    return ok('disk', found);
  });
}

/** The master key file: there, whole, and for its owner only. */
export function checkMasterKey({ home, config }: Ground): Check[] {
  const file = config?.masterKeyFile ?? join(home, 'master.key');
  if (!existsSync(file)) return [ok('master key', `${file} is made on the first start`)];
  try {
    const { id } = openMasterKeys(file).newest();
    return [ok('master key', `${file}, newest key ${id}; keep a copy of this file elsewhere`)];
  } catch (error) {
    return [fail('master key', errorLine(error), 'without this key nothing that is encrypted can be read')];
  }
}

function nearestExisting(path: string): string {
  let current = path;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

function readPointer(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
