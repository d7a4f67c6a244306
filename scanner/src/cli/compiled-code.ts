import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const writableByOthers = 0o022;

/**
 * Has Node keep what it compiles of our program for the next start. Not in the folder for temporary files, where Node would:
 * whoever makes that folder first says what others, root among them, will run.
 */
export function keepCompiledCode(env: Readonly<Record<string, string | undefined>>): void {
  const folder = privateFolder(join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wharfinger-scan'));
  if (folder !== undefined) enableCompileCache(folder);
}

/** Makes the folder; undefined where that cannot be done, or somebody else could write to it. */
export function privateFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { mode, uid } = lstatSync(path);
    const isOwn = process.getuid === undefined || uid === process.getuid();
    return isOwn && (mode & writableByOthers) === 0 ? path : undefined;
  } catch {
    return undefined;
  }
}
