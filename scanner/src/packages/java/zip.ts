import { InflateFailed, inflateWhole } from '../../inflate-engine.ts';
import { type ByteSource, PackageUnreadable } from '../extractor.ts';

const endBytes = 22;
const maxCommentBytes = 0xffff;
const zip64EndBytes = 56;
const zip64LocatorBytes = 20;
const centralBytes = 46;
const localBytes = 30;
/** Half a million entries with the longest paths that are in use. */
const maxDirectoryBytes = 64 * 1024 * 1024;

export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  storedBytes: number;
  sizeBytes: number;
  headerAt: number;
}

/**
 * Entries of a ZIP archive by its central directory, read from its tail: nothing else of the archive is touched. Undefined
 * where it is none. A reader of our own since libraries read files or whole buffers, and a jar may stand in another one.
 * `takeBytes` is told the directory's length before it is read, and may throw.
 * Source: PKWARE's APPNOTE.TXT, 4.3. Throws `PackageUnreadable`.
 */
export function* readDirectory(
  bytes: ByteSource,
  wants: (name: string) => boolean,
  takeBytes?: (count: number) => void,
): Generator<ZipEntry> {
  const { offset, length, shift } = findDirectory(bytes);
  takeBytes?.(length);
  if (length > maxDirectoryBytes) throw new PackageUnreadable('an archive with too many entries');
  const directory = Buffer.from(bytes.read(offset + shift, length));
  if (directory.length < length) throw new PackageUnreadable('an archive that is cut');
  for (let at = 0; at + centralBytes <= length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw new PackageUnreadable('an archive whose directory breaks off');
    const nameEnd = at + centralBytes + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    if (extraEnd > length) throw new PackageUnreadable('an archive whose directory breaks off');
    const name = directory.toString('utf8', at + centralBytes, nameEnd);
    if (wants(name)) {
      const entry = {
        name,
        method: directory.readUInt16LE(at + 10),
        encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
        storedBytes: directory.readUInt32LE(at + 20),
        sizeBytes: directory.readUInt32LE(at + 24),
        headerAt: directory.readUInt32LE(at + 42),
      };
      addLargeNumbers(entry, directory.subarray(nameEnd, extraEnd));
      yield { ...entry, headerAt: entry.headerAt + shift };
    }
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
}

/** A range of the file for an entry that is stored as it is, else what it inflates to, of at most `maxBytes`. */
export function openEntry(bytes: ByteSource, entry: ZipEntry, maxBytes: number): ByteSource {
  if (entry.encrypted) throw new PackageUnreadable(`${entry.name} is encrypted`);
  const header = Buffer.from(bytes.read(entry.headerAt, localBytes));
  if (header.length < localBytes || header.readUInt32LE(0) !== 0x04034b50) {
    throw new PackageUnreadable(`${entry.name} is not where the archive says`);
  }
  const start = entry.headerAt + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.storedBytes > bytes.sizeBytes) throw new PackageUnreadable(`${entry.name} is cut`);
  if (entry.method === 0) return rangeOf(bytes, start, entry.storedBytes);
  if (entry.method !== 8) throw new PackageUnreadable(`${entry.name} is compressed in a way that we do not know`);
  if (Math.max(entry.storedBytes, entry.sizeBytes) > maxBytes)
    throw new PackageUnreadable(`${entry.name} is too large`);
  return memoryOf(inflate(bytes.read(start, entry.storedBytes), entry.name, maxBytes));
}

function inflate(stored: Uint8Array, name: string, maxBytes: number): Uint8Array {
  try {
    return inflateWhole(stored, 'deflate-raw', maxBytes);
  } catch (error) {
    if (!(error instanceof InflateFailed)) throw error;
    throw new PackageUnreadable(`${name} cannot be inflated`, { cause: error });
  }
}

export function memoryOf(content: Uint8Array): ByteSource {
  return { sizeBytes: content.length, read: (offset, length) => content.subarray(offset, offset + length) };
}

function rangeOf(bytes: ByteSource, start: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: (offset, length) => bytes.read(start + offset, Math.max(0, Math.min(length, sizeBytes - offset))),
  };
}

/** `shift`: what stands before the archive in its file (a starting script), of which its offsets know nothing. */
function findDirectory(bytes: ByteSource): { offset: number; length: number; shift: number } {
  const tailAt = Math.max(0, bytes.sizeBytes - endBytes - maxCommentBytes);
  const tail = Buffer.from(bytes.read(tailAt, bytes.sizeBytes - tailAt));
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50 || at + endBytes + tail.readUInt16LE(at + 20) > tail.length) continue;
    const end = { length: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16), at: tailAt + at };
    const isLarge = end.offset === 0xffffffff || end.length === 0xffffffff || tail.readUInt16LE(at + 10) === 0xffff;
    const found = (isLarge ? findLargeDirectory(bytes, end.at) : undefined) ?? end;
    const start = found.at - found.length;
    // A comment may look like an end: one that does not go to the end of the file has a directory before it.
    const isWhole = at + endBytes + tail.readUInt16LE(at + 20) === tail.length;
    if (!isWhole && !startsDirectory(bytes, start)) continue;
    const shift = start - found.offset;
    if (shift < 0) throw new PackageUnreadable('an archive whose directory is not where it says');
    return { offset: found.offset, length: found.length, shift };
  }
  throw new PackageUnreadable('an archive without a directory');
}

function startsDirectory(bytes: ByteSource, at: number): boolean {
  const head = at < 0 ? undefined : Buffer.from(bytes.read(at, 4));
  return head?.length === 4 && head.readUInt32LE(0) === 0x02014b50;
}

function findLargeDirectory(
  bytes: ByteSource,
  endAt: number,
): { offset: number; length: number; at: number } | undefined {
  const at = endAt - zip64LocatorBytes - zip64EndBytes;
  if (at < 0) return undefined;
  // Nothing stands between the two where a writer knows no further extensions.
  const end = Buffer.from(bytes.read(at, zip64EndBytes));
  if (end.readUInt32LE(0) !== 0x06064b50) return undefined;
  return { length: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)), at };
}

/** Numbers that need more than 32 bits stand in an extra field, in this order. */
function addLargeNumbers(entry: Pick<ZipEntry, 'sizeBytes' | 'storedBytes' | 'headerAt'>, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    for (const field of ['sizeBytes', 'storedBytes', 'headerAt'] as const) {
      if (entry[field] !== 0xffffffff || next + 8 > extra.length) continue;
      entry[field] = Number(extra.readBigUInt64LE(next));
      next += 8;
    }
    return;
  }
}
