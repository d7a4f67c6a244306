import { readFile, stat } from 'node:fs/promises';
import {
  hasExpired,
  type IgnoreEntry,
  IgnoreFileError,
  mostIgnoreFileBytes,
  parseIgnoreFile,
} from '../ignoring/index.ts';
import { plainText } from '../output/plain-text.ts';
import type { CommandIo } from './command-io.ts';
import { errorText } from './error-text.ts';

/** The entries of the ignore file; tells of those whose day has passed. Throws {@link IgnoreFileError}. */
export async function readIgnores(
  path: string | undefined,
  today: Temporal.PlainDate,
  io: Pick<CommandIo, 'stderr'>,
): Promise<IgnoreEntry[]> {
  if (path === undefined) return [];
  const entries = parseIgnoreFile(await readText(path), path);
  for (const entry of entries) {
    if (!hasExpired(entry, today)) continue;
    const what = entry.id ?? entry.package ?? entry.path ?? '';
    const where = entry.line === undefined ? path : `${path}:${entry.line}`;
    io.stderr.write(
      `${plainText(`${where}: ${what} is not ignored any more, since ${entry.expires?.toString()} has passed`)}\n`,
    );
  }
  return entries;
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= mostIgnoreFileBytes) return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const why = error instanceof TypeError ? 'is no text in UTF-8' : errorText(error);
    throw new IgnoreFileError(`${path} cannot be read: ${why}`, { cause: error });
  }
  throw new IgnoreFileError(`${path} has more than ${mostIgnoreFileBytes} bytes`);
}
