/** The files of the project, as git sees them: tracked, or new and not ignored. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const root = new URL('..', import.meta.url).pathname;

/** Paths from the project's root, `/`-separated, sorted. */
export async function sourceFiles(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && existsSync(`${root}${path}`)).toSorted();
}

/** Where a project path lies on this machine. */
export function absolute(path: string): string {
  return `${root}${path}`;
}
