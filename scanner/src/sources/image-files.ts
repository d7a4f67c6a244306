/** The files that an image consists of, in an archive or in a folder: documents are read whole, layers left to the children. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageSource, type LayerSource, ScanError } from '../model.ts';
import { compressionOf } from '../reading/compression.ts';
import { normalPath } from '../reading/normal-path.ts';
import { ArchiveTable } from './archive-table.ts';

/** Names are those inside the archive or folder; they come from documents that nobody has checked. */
export interface ImageFiles {
  /** For messages. */
  readonly path: string;
  has(name: string): boolean;
  /** Throws `target-unreadable` where it is missing or too large. */
  document(name: string): Buffer;
  /** A range of a file that stays open until `close`. Throws `target-unreadable` where it is missing. */
  layer(name: string, diffId: string): LayerSource;
  close(): void;
}

/** What of an image stands in its files. */
export type StoredImage = Pick<ImageSource, 'kind' | 'imageId' | 'digest' | 'config' | 'layers'>;

/** The files that all others are found by. */
export const dockerManifest = 'manifest.json';
export const ociIndex = 'index.json';

/** Larger manifests and configurations are not read. */
const mostDocumentBytes = 8 * 1024 * 1024;

interface Place {
  fd: number;
  stats: BigIntStats;
  offset: number;
  length: number;
}

/**
 * A tar archive: plain, or compressed with gzip or zstd (it is unpacked into a file without a name then). `opened` is closed
 * in its time.
 */
export async function openArchiveFiles(path: string, opened: number = openFile(path)): Promise<ImageFiles> {
  const { fd, stats } = await openPlain(path, opened);
  try {
    const table = new ArchiveTable(fd, path);
    return imageFiles(
      path,
      (name) => {
        const file = table.get(name);
        return file === undefined ? undefined : { fd, stats, ...file };
      },
      () => closeSync(fd),
    );
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A folder. Links in it are not followed: they may lead anywhere. */
export function openFolderFiles(path: string): ImageFiles {
  const open = new Map<string, Place | undefined>();
  const find = (name: string): Place | undefined => {
    if (!open.has(name)) open.set(name, openInside(path, name));
    return open.get(name);
  };
  return imageFiles(path, find, () => {
    for (const place of open.values()) if (place !== undefined) closeSync(place.fd);
    open.clear();
  });
}

function imageFiles(path: string, find: (name: string) => Place | undefined, close: () => void): ImageFiles {
  const get = (name: string): Place => {
    const place = find(name);
    if (place === undefined) throw unreadable(path, `names ${name.slice(0, 200)}, which it does not hold`);
    return place;
  };
  return {
    path,
    has: (name) => find(name) !== undefined,
    document(name) {
      const place = get(name);
      if (place.length > mostDocumentBytes) {
        throw unreadable(path, `has a ${name.slice(0, 100)} of ${place.length} bytes`);
      }
      return readWhole(place, path);
    },
    layer: (name, diffId) => toLayer(get(name), diffId),
    close,
  };
}

function readWhole({ fd, offset, length }: Place, path: string): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const count = readSync(fd, bytes, done, length - done, offset + done);
    if (count === 0) throw unreadable(path, 'is cut off');
    done += count;
  }
  return bytes;
}

function isCompressed(fd: number, offset: number): boolean {
  const head = Buffer.alloc(4);
  return compressionOf(head.subarray(0, readSync(fd, head, 0, head.length, offset))) !== 'none';
}

function toLayer({ fd, stats, offset, length }: Place, diffId: string): LayerSource {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    // Nobody compares the stored bytes with a digest; the unpacked ones may be, with the diff id.
    digest: '',
    diffId,
    sizeBytes: length,
    // Of the file as the user has it, also when it had to be unpacked.
    cacheKey: [dev, ino, size, mtimeNs, ctimeNs, offset, length].join(':'),
    content: { type: 'range', fd, offset, length, compressed: isCompressed(fd, offset) },
  };
}

async function openPlain(path: string, fd: number): Promise<{ fd: number; stats: BigIntStats }> {
  const head = Buffer.alloc(4);
  const length = readSync(fd, head, 0, 4, 0);
  const stats = fstatSync(fd, { bigint: true });
  const compression = compressionOf(head.subarray(0, length));
  if (compression === 'none') return { fd, stats };
  try {
    if (compression === 'unsupported') throw unreadable(path, 'is compressed with something else than gzip or zstd');
    const { inflateToFile } = await import('../sandbox/inflate-to-file.ts');
    return { fd: await inflateToFile(fd), stats };
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new ScanError({ code: 'target-unreadable', message: `${path} cannot be opened` }, { cause: error });
  }
}

function openInside(folder: string, name: string): Place | undefined {
  const path = normalPath(name);
  if (path === undefined || path === '') return undefined;
  let fd: number;
  try {
    fd = openSync(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const stats = fstatSync(fd, { bigint: true });
  if (stats.isFile()) return { fd, stats, offset: 0, length: Number(stats.size) };
  closeSync(fd);
  return undefined;
}

export function unreadable(path: string, what: string): ScanError {
  return new ScanError({ code: 'target-unreadable', message: `${path} ${what}` });
}

/** `names` are those that there are. */
export function noSuchImage(path: string, image: string, names: readonly string[]): ScanError {
  const others = names.length === 0 ? 'none has a name' : `there are ${names.slice(0, 20).join(', ')}`;
  return new ScanError({
    code: 'target-not-found',
    message: `${path} holds no image ${image}: ${others}`.slice(0, 1000),
  });
}
