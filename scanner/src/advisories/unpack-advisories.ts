import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import yauzl, { type ZipFile } from 'yauzl';
import { AdvisoryReadError } from './advisory-read-error.ts';
import { isAdvisoryName, type AdvisoryFile } from './list-advisory-files.ts';

/** Text as it stands in a file, after decompression. */
export interface AdvisoryText {
  /** For messages: the file, and the name inside an archive. */
  where: string;
  /** Without what compression adds. */
  name: string;
  chunks: AsyncIterable<Uint8Array>;
}

export interface UnpackLimits {
  /** How many times its own size a file may unpack to; the first {@link freeBytes} are not counted. */
  maxRatio: number;
  freeBytes: number;
}

/** Advisories that are squeezed hard reach 1:80. */
export const unpackLimits: UnpackLimits = { maxRatio: 500, freeBytes: 64 * 1024 * 1024 };

/** The texts in a file, one after the other: read each to its end before the next. Throws {@link AdvisoryReadError}. */
export async function* unpackAdvisories(
  file: AdvisoryFile,
  limits: UnpackLimits,
  signal?: AbortSignal,
): AsyncGenerator<AdvisoryText> {
  const meter = createMeter(file, limits);
  const kind = await kindOf(file.path);
  if (kind === 'zip') {
    yield* unpackZip(file.path, meter);
    return;
  }
  const stored = createReadStream(file.path, { highWaterMark: 256 * 1024, ...(signal ? { signal } : {}) });
  const name = basename(file.path).replace(/\.(?:gz|zst)$/i, '');
  const chunks = kind === 'plain' ? stored : meter(decompress(stored, kind));
  yield { where: file.path, name, chunks: explain(chunks, file.path) };
}

type Meter = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Counts over all that a file unpacks to. */
function createMeter(file: AdvisoryFile, limits: UnpackLimits): Meter {
  const most = Math.max(limits.freeBytes, file.sizeBytes * limits.maxRatio);
  let bytes = 0;
  return async function* measured(chunks) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) {
        throw new AdvisoryReadError('advisories-too-large', `${file.path}: unpacks to more than ${most} bytes`);
      }
      yield chunk;
    }
  };
}

async function kindOf(path: string): Promise<'gzip' | 'zstd' | 'zip' | 'plain'> {
  const head: number[] = [];
  for await (const chunk of explain(createReadStream(path, { end: 3 }), path)) head.push(...chunk);
  if (startsWith(head, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd';
  // The second is an archive without entries.
  if (startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6])) return 'zip';
  return 'plain';
}

function startsWith(head: readonly number[], magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function decompress(stored: Readable, kind: 'gzip' | 'zstd'): Readable {
  const unpacked = kind === 'gzip' ? createGunzip() : createZstdDecompress();
  stored.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => stored.destroy());
  return stored.pipe(unpacked);
}

async function* unpackZip(path: string, meter: Meter): AsyncGenerator<AdvisoryText> {
  const archive = await openZip(path);
  let found = 0;
  try {
    for await (const entry of entriesOf(archive, path)) {
      if (!isAdvisoryName(entry.fileName) || /\.(?:gz|zst|zip)$/i.test(entry.fileName)) continue;
      found++;
      const where = `${path}:${entry.fileName}`;
      const stream = await archive.openReadStreamPromise(entry).catch((error: unknown) => fail(where, error));
      yield { where, name: entry.fileName, chunks: explain(meter(stream), where) };
    }
  } finally {
    archive.close();
  }
  if (found === 0) throw new AdvisoryReadError('advisories-none', `${path}: the archive holds no .json or .csv file`);
}

async function openZip(path: string): Promise<ZipFile> {
  return yauzl.openPromise(path, { autoClose: false }).catch((error: unknown) => fail(path, error));
}

async function* entriesOf(archive: ZipFile, path: string): AsyncGenerator<yauzl.Entry> {
  try {
    yield* archive.eachEntry();
  } catch (error) {
    fail(path, error);
  }
}

/** Says of what comes out of zlib, the file system or the archive which file it was. */
async function* explain(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    fail(where, error);
  }
}

function fail(where: string, error: unknown): never {
  if (error instanceof AdvisoryReadError || (error instanceof Error && error.name === 'AbortError')) throw error;
  const isSystemError = error instanceof Error && 'syscall' in error;
  const code = isSystemError ? 'advisories-unreadable' : 'advisories-corrupt';
  throw new AdvisoryReadError(code, `${where}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
