/**
 * One service for one data folder: a file that names the owning process. A dead owner's file is taken over; a number
 * that another process has meanwhile is told apart by that process's start.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HomeLock {
  release(): void;
}

/** The data folder is in use by another service. */
export class HomeInUseError extends Error {
  constructor(home: string, pid: number) {
    super(
      `${home} is in use by the service with process id ${pid}; stop it, or give this one a WHARFINGER_HOME of its own`,
    );
    this.name = 'HomeInUseError';
  }
}

/** Takes the lock of a data folder. Throws {@link HomeInUseError} while its owner lives. */
export function lockHome(home: string): HomeLock {
  const folder = join(home, 'run');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'service.lock');
  const mine = join(folder, `service.lock.${process.pid}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) }), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A hard link fails when the name exists, and the file is whole from its first moment.
        linkSync(mine, file);
        return { release: () => rmSync(file, { force: true }) };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const owner = readOwner(file);
      if (owner && isSameProcess(owner)) throw new HomeInUseError(home, owner.pid);
      // Moved away first, so that of two processes only one removes the dead owner's file.
      const dead = `${file}.dead.${process.pid}`;
      try {
        renameSync(file, dead);
      } catch {
        continue;
      }
      rmSync(dead, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

interface Owner {
  pid: number;
  startedAt: string;
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function isSameProcess(owner: Owner): boolean {
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return processStart(owner.pid) === owner.startedAt;
}

/** When a process began, in the kernel's ticks since boot, with the boot's own id; empty where there is no `/proc`. */
function processStart(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${afterName.split(' ')[19]}`;
  } catch {
    return '';
  }
}
