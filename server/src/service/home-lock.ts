/**
 * One service for one data folder: a numbered file that names the owning process. The highest number counts; whoever
 * finds its owner dead links the next number, which succeeds for exactly one. A process id that another process has
 * meanwhile is told apart by that process's start.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../platform/error-line.ts';

export interface HomeLock {
  release(): void;
}

/** The data folder is in use by another service. */
export class HomeInUseError extends Error {
  constructor(home: string, pid: number) {
    super(
      `WHARFINGER_HOME: ${home} is in use by the service with process id ${pid}; stop it, or give this one a folder of its own`,
    );
    this.name = 'HomeInUseError';
  }
}

/** Takes the lock of a data folder. Throws {@link HomeInUseError} while its owner lives. */
export function lockHome(home: string): HomeLock {
  const folder = join(home, 'run');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mine = writeOwner(folder, { pid: process.pid, startedAt: processStart(process.pid) });
  try {
    for (;;) {
      const newest = Math.max(0, ...lockNumbers(folder));
      const owner = readOwner(lockFile(folder, newest));
      if (owner && isAlive(owner)) throw new HomeInUseError(home, owner.pid);
      const file = lockFile(folder, newest + 1);
      try {
        // A hard link fails when the name exists, and the file is whole from its first moment.
        linkSync(mine, file);
      } catch (error) {
        if (errorCode(error) === 'EEXIST') continue;
        throw error;
      }
      for (const number of lockNumbers(folder)) if (number <= newest) rmSync(lockFile(folder, number), { force: true });
      // The number stays used: only its owner is taken away.
      return { release: () => renameSync(writeOwner(folder, undefined), file) };
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Who has the lock of this data folder, as long as that process lives. */
export function homeOwner(home: string): { pid: number } | undefined {
  const folder = join(home, 'run');
  const owner = readOwner(lockFile(folder, Math.max(0, ...lockNumbers(folder))));
  return owner && isAlive(owner) ? { pid: owner.pid } : undefined;
}

const ownerSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });
type Owner = z.infer<typeof ownerSchema>;

function lockFile(folder: string, number: number): string {
  return join(folder, `service-${number}.lock`);
}

function lockNumbers(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return names.map((name) => Number(/^service-(\d{1,9})\.lock$/.exec(name)?.[1] ?? 0)).filter((number) => number > 0);
}

function writeOwner(folder: string, owner: Owner | undefined): string {
  const file = join(folder, `lock-${process.pid}`);
  writeFileSync(file, JSON.stringify(owner ?? null), { mode: 0o600 });
  return file;
}

function readOwner(file: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  return processStart(owner.pid) === owner.startedAt;
}

/** When a process began, in the kernel's ticks since boot, with the boot's own id; empty where there is no `/proc`. */
function processStart(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const fields = afterName.split(' ');
    if (fields[0] === 'Z') return 'dead, not yet buried by its parent';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    return '';
  }
}
