/** A set of byte values: what one step of an expression can take. Expressions work on bytes, as text is read as Latin-1. */
export type ByteSet = Uint8Array;

const NEWLINE = 0x0a;

export function byteSet(...ranges: readonly (number | readonly [number, number])[]): ByteSet {
  const set = new Uint8Array(256);
  for (const range of ranges) {
    const [from, to] = typeof range === 'number' ? [range, range] : range;
    set.fill(1, from, to + 1);
  }
  return set;
}

export const anyByte: ByteSet = byteSet([0, 255]);
export const anyButNewline: ByteSet = complement(byteSet(NEWLINE));
export const wordBytes: ByteSet = byteSet([0x30, 0x39], [0x41, 0x5a], 0x5f, [0x61, 0x7a]);
export const digitBytes: ByteSet = byteSet([0x30, 0x39]);
/** RE2's `\s`: no vertical tab, no non-breaking space, unlike JavaScript's. */
export const spaceBytes: ByteSet = byteSet(0x09, 0x0a, 0x0c, 0x0d, 0x20);
export const highBytes: ByteSet = byteSet([0x80, 0xff]);

export function complement(set: ByteSet): ByteSet {
  return set.map((member) => 1 - member);
}

export function addTo(target: ByteSet, added: ByteSet): void {
  for (let byte = 0; byte < 256; byte++) if (added[byte] === 1) target[byte] = 1;
}

/** Adds the other case of each ASCII letter. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice();
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const lower = upper + 0x20;
    if (set[upper] === 1 || set[lower] === 1) folded[upper] = folded[lower] = 1;
  }
  return folded;
}

export function members(set: ByteSet): number[] {
  const bytes: number[] = [];
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) bytes.push(byte);
  return bytes;
}

/** The set in JavaScript's expression syntax: one character, or a class. */
export function toJavaScript(set: ByteSet): string {
  const bytes = members(set);
  if (bytes.length === 256) return '[^]';
  if (bytes.length === 0) return '[]';
  if (bytes.length === 1) return escape(bytes[0] ?? 0);
  return bytes.length > 128 ? `[^${ranges(complement(set))}]` : `[${ranges(set)}]`;
}

function ranges(set: ByteSet): string {
  let text = '';
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] === 0) continue;
    const from = byte;
    while (byte < 255 && set[byte + 1] === 1) byte++;
    text += from === byte ? escape(from) : `${escape(from)}-${escape(byte)}`;
  }
  return text;
}

function escape(byte: number): string {
  const plain = wordBytes[byte] === 1;
  return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
