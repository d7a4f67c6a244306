import type { ByteSource } from '../extractor.ts';
import { PackageUnreadable } from '../extractor.ts';
import type { Executable, FileRange } from './executable.ts';
import { fileRangeOf } from './executable.ts';

/** Texts that Go's linker leaves in a program. */
export interface BuildInformation {
  /** Of the toolchain, such as `go1.21.3` or `go1.22.1 X:boringcrypto`. */
  goVersion: string;
  /** Lines of main module and dependencies; empty for a program that was built without modules. */
  modules: string;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const headerBytes = 32;
const searchedBytes = 64 * 1024;
const maxGoVersionBytes = 1024;
/** The largest programs have a thousand dependencies, some 100 KB. */
const maxModulesBytes = 4 * 1024 * 1024;
/** The linker wraps the module lines in 16 bytes before and 16 after. */
const sentinelBytes = 16;

const utf8 = new TextDecoder('utf-8');

/**
 * What `go version -m` shows of a program; undefined when Go did not build it. Throws `PackageUnreadable` when it is
 * Go's, but cannot be read. Source: Go's debug/buildinfo.
 */
export function readBuildInformation(bytes: ByteSource, executable: Executable): BuildInformation | undefined {
  const at = findHeader(bytes, executable.candidates);
  if (at === undefined) return undefined;
  const header = new Uint8Array(bytes.read(at, headerBytes));
  if (header.length < headerBytes) throw new PackageUnreadable("Go's build information ends early");
  const flags = header[15] ?? 0;
  const inline = (flags & 2) !== 0;
  const [goVersion, modules] = inline
    ? readInline(bytes, at + headerBytes)
    : readByPointers(bytes, executable, header, (flags & 1) === 0);
  return { goVersion: utf8.decode(goVersion), modules: withoutSentinels(modules) };
}

function findHeader(bytes: ByteSource, candidates: readonly FileRange[]): number | undefined {
  for (const { offset, length } of candidates) {
    if (offset >= bytes.sizeBytes) continue;
    const view = bytes.read(offset, Math.min(length, searchedBytes, bytes.sizeBytes - offset));
    const found = Buffer.from(view.buffer, view.byteOffset, view.byteLength).indexOf(magic);
    if (found !== -1) return offset + found;
  }
  return undefined;
}

/** Go 1.18 and later: two texts, each after its length as a varint. */
function readInline(bytes: ByteSource, start: number): [Uint8Array, Uint8Array] {
  const goVersion = readCounted(bytes, start, maxGoVersionBytes);
  const modules = readCounted(bytes, goVersion.end, maxModulesBytes);
  return [goVersion.text, modules.text];
}

function readCounted(bytes: ByteSource, start: number, maxLength: number): { text: Uint8Array; end: number } {
  const prefix = bytes.read(start, Math.max(0, Math.min(5, bytes.sizeBytes - start)));
  let length = 0;
  let used = 0;
  for (const byte of prefix) {
    length += (byte & 0x7f) * 2 ** (7 * used);
    used += 1;
    if (byte < 0x80) {
      return { text: readText({ offset: start + used, length }, bytes, maxLength), end: start + used + length };
    }
  }
  throw new PackageUnreadable("Go's build information has a broken length");
}

/** Before Go 1.18: addresses of two string headers (address and length each). */
function readByPointers(
  bytes: ByteSource,
  executable: Executable,
  header: Uint8Array,
  littleEndian: boolean,
): [Uint8Array, Uint8Array] {
  const width = header[14];
  if (width !== 4 && width !== 8) throw new PackageUnreadable("Go's build information has a broken pointer size");
  const pointer = (from: Uint8Array, at: number): bigint => {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    return width === 8 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian));
  };
  const follow = (address: bigint, maxLength: number): Uint8Array => {
    if (address === 0n) return new Uint8Array();
    const place = fileRangeOf(executable, address);
    if (place === undefined) throw new PackageUnreadable("Go's build information points outside of the program");
    const stringHeader = readText({ offset: place.offset, length: 2 * width }, bytes, 2 * width);
    const length = Number(pointer(stringHeader, width));
    if (length === 0) return new Uint8Array();
    const text = fileRangeOf(executable, pointer(stringHeader, 0));
    if (text === undefined || text.length < length) {
      throw new PackageUnreadable("Go's build information points outside of the program");
    }
    return readText({ offset: text.offset, length }, bytes, maxLength);
  };
  return [follow(pointer(header, 16), maxGoVersionBytes), follow(pointer(header, 16 + width), maxModulesBytes)];
}

function readText(range: FileRange, bytes: ByteSource, maxLength: number): Uint8Array {
  if (range.length > maxLength) throw new PackageUnreadable("Go's build information is too long");
  if (range.offset + range.length > bytes.sizeBytes) throw new PackageUnreadable("Go's build information ends early");
  const copy = new Uint8Array(bytes.read(range.offset, range.length));
  if (copy.length < range.length) throw new PackageUnreadable("Go's build information ends early");
  return copy;
}

function withoutSentinels(modules: Uint8Array): string {
  const wrapped = modules.length > 2 * sentinelBytes && modules[modules.length - sentinelBytes - 1] === 10;
  return wrapped ? utf8.decode(modules.subarray(sentinelBytes, modules.length - sentinelBytes)) : '';
}
