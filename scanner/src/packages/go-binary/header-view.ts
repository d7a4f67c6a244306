import type { ByteSource } from '../extractor.ts';

/** Fields of a header by their offset, in the byte order of the file. Reading beyond the end throws `RangeError`. */
export interface HeaderView {
  u16(offset: number): number;
  u32(offset: number): number;
  u64(offset: number): bigint;
  /** Text of fixed width that a NUL may end. */
  text(offset: number, width: number): string;
  /** Whether this ASCII text stands there, with a NUL or the end of all behind it. */
  holds(offset: number, text: string): boolean;
}

/** A copy of a part of the file; undefined when the file ends before it does. */
export function readHeader(
  bytes: ByteSource,
  offset: number,
  length: number,
  littleEndian: boolean,
): HeaderView | undefined {
  if (offset < 0 || !Number.isSafeInteger(offset) || offset + length > bytes.sizeBytes) return undefined;
  const copy = new Uint8Array(bytes.read(offset, length));
  if (copy.length < length) return undefined;
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  return {
    u16: (at) => view.getUint16(at, littleEndian),
    u32: (at) => view.getUint32(at, littleEndian),
    u64: (at) => view.getBigUint64(at, littleEndian),
    text: (at, width) => {
      const end = copy.subarray(at, at + width).indexOf(0);
      return Buffer.from(copy.buffer, copy.byteOffset + at, end === -1 ? width : end).toString('latin1');
    },
    holds(at, text) {
      for (let i = 0; i < text.length; i += 1) if (copy[at + i] !== text.charCodeAt(i)) return false;
      return (copy[at + text.length] ?? 0) === 0;
    },
  };
}
