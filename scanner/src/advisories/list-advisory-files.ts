import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisoryReadError } from './advisory-read-error.ts';

/** Plain, compressed or archived. */
const advisoryName = /\.(?:json|ndjson|jsonl|csv)(?:\.gz|\.zst)?$|\.zip$/i;

export interface AdvisoryFile {
  path: string;
  sizeBytes: number;
  modifiedNs: bigint;
}

/** Whether a file of this name holds advisories. */
export function isAdvisoryName(name: string): boolean {
  return advisoryName.test(name);
}

/**
 * The files of advisories in a folder and its subfolders, in the order of their names; or the one file that is named,
 * whatever its name. Hidden files and links to folders are left out. Throws {@link AdvisoryReadError}.
 */
export async function listAdvisoryFiles(path: string): Promise<AdvisoryFile[]> {
  try {
    const start = await realpath(path);
    const found = (await stat(start)).isDirectory() ? await listFolder(start) : [await describe(start)];
    if (found.length > 0) return found;
  } catch (error) {
    throw new AdvisoryReadError('advisories-unreadable', `${path}: ${reasonOf(error)}`, { cause: error });
  }
  throw new AdvisoryReadError(
    'advisories-none',
    `${path}: holds no .json, .ndjson, .jsonl, .csv (also .gz, .zst) or .zip file`,
  );
}

async function listFolder(folder: string): Promise<AdvisoryFile[]> {
  const files: AdvisoryFile[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (
        isAdvisoryName(entry.name) &&
        (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path))))
      ) {
        files.push(await describe(path));
      }
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function leadsToFile(path: string): Promise<boolean> {
  return (await stat(path)).isFile();
}

async function describe(path: string): Promise<AdvisoryFile> {
  const facts = await stat(path, { bigint: true });
  if (!facts.isFile()) throw new Error('is no file or folder');
  return { path, sizeBytes: Number(facts.size), modifiedNs: facts.mtimeNs };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no such file or folder';
  if ('code' in error && error.code === 'EACCES') return 'may not be read';
  return error.message;
}
