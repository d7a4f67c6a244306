/** Indexes of layers in a folder, for scans without a server. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { z } from 'zod';
import type { IndexCache, IndexKey } from '../index-image.ts';
import type { LayerIndex } from '../model.ts';
import { parseLayerIndex } from '../sandbox/messages.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Not used for so long: the image is gone, or its rules and indexer are older ones. */
const keptDays = 30;
const msPerDay = 24 * 60 * 60_000;
/** Far more than the index of any layer; a file that unpacks to more is none of ours. */
const mostIndexBytes = 512 * 1024 * 1024;

interface Entry {
  key: string;
  index: LayerIndex;
}

/**
 * Keeps each index in a file of its own, named by the digest of its key. Several scans may use the folder at once. The
 * folder is as private as its maker makes it: what others may write there, they may make a scan say. Indexes that were
 * not used for a month are removed.
 */
export async function openFileIndexCache(folder: string): Promise<IndexCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeUnused(folder);
  return {
    async get(key) {
      const path = join(folder, fileName(key));
      const entry = await readEntry(path);
      if (entry?.key !== keyText(key)) return undefined;
      const now = machineSeconds();
      await utimes(path, now, now).catch(() => undefined);
      return entry.index;
    },
    async put(key, index) {
      const path = join(folder, fileName(key));
      const fresh = `${path}.${process.pid}.${crypto.randomUUID()}.tmp`;
      await writeFile(fresh, await compress(JSON.stringify({ key: keyText(key), index } satisfies Entry)), {
        mode: 0o600,
      });
      await rename(fresh, path);
    },
  };
}

/** A file that is broken, or gone since it was listed, counts as none: the layer is read again. */
async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    const bytes = await decompress(await readFile(path), { maxOutputLength: mostIndexBytes });
    const { key, index } = entry.parse(JSON.parse(bytes.toString('utf8')));
    return { key, index: parseLayerIndex(index) };
  } catch {
    return undefined;
  }
}

async function removeUnused(folder: string): Promise<void> {
  const oldest = machineSeconds() * 1000 - keptDays * msPerDay;
  for (const name of await readdir(folder)) {
    if (!ours.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}

const entry = z.object({ key: z.string(), index: z.unknown() });
const ours = /^[0-9a-f]{64}\.json\.zst(\.\d+\.[0-9a-f-]+\.tmp)?$/;

function fileName(key: IndexKey): string {
  return `${createHash('sha256').update(keyText(key)).digest('hex')}.json.zst`;
}

function keyText({ layer, origin, indexer, rules, riskClasses }: IndexKey): string {
  return JSON.stringify([layer, origin, indexer, rules, riskClasses]);
}

function machineSeconds(): number {
  return Temporal.Now.instant().epochMilliseconds / 1000;
}
