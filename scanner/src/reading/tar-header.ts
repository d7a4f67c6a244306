/** One 512-byte header of a tar archive, parsed where it lies. Source: POSIX.1-2024 pax, GNU tar's manual, appendix D. */
import { LayerProblem } from './layer-problem.ts';

export const blockBytes = 512;

const checksumAt = 148;
const space = 0x20;

/** Whether the block holds nothing but zeros, as the end of an archive does. */
export function isZeroBlock(buffer: Buffer, at: number): boolean {
  // Nearly all headers begin with a letter of a name.
  if (buffer[at] !== 0) return false;
  for (let i = at + 1; i < at + blockBytes; i += 1) if (buffer[i] !== 0) return false;
  return true;
}

/** Throws `layer-corrupt` for a header whose checksum is not that of its bytes: signed or unsigned, both are in use. */
export function checkHeader(buffer: Buffer, at: number): void {
  const told = readNumber(buffer, at + checksumAt, 8);
  let sum = sumOf(buffer, at);
  for (let i = at + checksumAt; i < at + checksumAt + 8; i += 1) sum += space - (buffer[i] ?? 0);
  if (sum === told) return;
  let negative = 0;
  for (let i = at; i < at + blockBytes; i += 1) {
    if ((i < at + checksumAt || i >= at + checksumAt + 8) && (buffer[i] ?? 0) > 127) negative += 256;
  }
  if (sum - negative !== told) throw new LayerProblem('layer-corrupt', 'a tar header whose checksum is wrong');
}

const wordsOf = new WeakMap<ArrayBufferLike, Int32Array>();

/** The sum of the bytes of a block; four at once, in two lanes of 16 bits that 512 bytes cannot overflow. */
function sumOf(buffer: Buffer, at: number): number {
  const start = buffer.byteOffset + at;
  let sum = 0;
  if (start % 4 !== 0) {
    for (let i = at; i < at + blockBytes; i += 1) sum += buffer[i] ?? 0;
    return sum;
  }
  let words = wordsOf.get(buffer.buffer);
  if (words === undefined) {
    words = new Int32Array(buffer.buffer, 0, Math.floor(buffer.buffer.byteLength / 4));
    wordsOf.set(buffer.buffer, words);
  }
  const first = start / 4;
  for (let i = first; i < first + blockBytes / 4; i += 1) {
    const word = words[i] ?? 0;
    sum += (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
  }
  return (sum >>> 16) + (sum & 0xffff);
}

/** An octal number, or one in base 256 where the first bit is set. Throws `layer-corrupt` for anything else. */
export function readNumber(buffer: Buffer, at: number, length: number): number {
  const first = buffer[at] ?? 0;
  if (first >= 0x80) return readBase256(buffer, at, length, first);
  let i = at;
  const end = at + length;
  while (i < end && (buffer[i] === space || buffer[i] === 0)) i += 1;
  let value = 0;
  for (; i < end; i += 1) {
    const digit = (buffer[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; i < end; i += 1) {
    if (buffer[i] === 0) return value;
    if (buffer[i] !== space) throw new LayerProblem('layer-corrupt', 'a tar header with a number that is none');
  }
  return value;
}

/** Whether the number in a field is 0, or none at all: whatever else stands there, nothing is thrown. */
export function isZeroField(buffer: Buffer, at: number, length: number): boolean {
  for (let i = at; i < at + length; i += 1) {
    const byte = buffer[i] ?? 0;
    if (byte !== 0x30 && byte !== space && byte !== 0 && byte !== 0x80) return false;
  }
  return true;
}

function readBase256(buffer: Buffer, at: number, length: number, first: number): number {
  // A set second bit means negative: no length and no mode is.
  let value = first & 0x7f;
  if ((first & 0x40) !== 0) throw new LayerProblem('layer-corrupt', 'a tar header with a negative number');
  for (let i = at + 1; i < at + length; i += 1) {
    value = value * 256 + (buffer[i] ?? 0);
    if (value > Number.MAX_SAFE_INTEGER) throw new LayerProblem('layer-corrupt', 'a tar header with an endless size');
  }
  return value;
}

/** Text up to the first NUL. */
export function readTextField(buffer: Buffer, at: number, length: number): string {
  let end = at;
  let bits = 0;
  for (let byte = buffer[end] ?? 0; end < at + length && byte !== 0; byte = buffer[end] ?? 0) {
    bits |= byte;
    end += 1;
  }
  if (end === at) return '';
  return buffer.toString(bits < 0x80 ? 'latin1' : 'utf8', at, end);
}

const prefixAt = 345;
const [accessTimeAt, changeTimeAt, timeBytes] = [345, 357, 12];

/** The name of a header, with `prefix` before it where it has one. */
export function readName(buffer: Buffer, at: number): string {
  const name = readTextField(buffer, at, 100);
  const prefix = buffer[at + prefixAt] === 0 && buffer[at + changeTimeAt] === 0 ? '' : readPrefix(buffer, at);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** POSIX has one, and star a shorter one; GNU keeps times there, unless Go before 1.8 wrote it. Source: Go, `archive/tar/reader.go`. */
function readPrefix(buffer: Buffer, at: number): string {
  switch (buffer.toString('latin1', at + 257, at + 265)) {
    case 'ustar  \0': {
      const areTimes = [accessTimeAt, changeTimeAt].every(
        (time) => buffer[at + time] === 0 || isNumber(buffer, at + time),
      );
      const told = areTimes ? '' : readTextField(buffer, at + prefixAt, 155);
      return /^[\0-\x7f]*$/.test(told) ? told : '';
    }
    default: {
      if (buffer.toString('latin1', at + 257, at + 263) !== 'ustar\0') return '';
      const isStar = buffer.toString('latin1', at + 508, at + 512) === 'tar\0';
      return readTextField(buffer, at + prefixAt, isStar ? 131 : 155);
    }
  }
}

function isNumber(buffer: Buffer, at: number): boolean {
  const first = buffer[at] ?? 0;
  // A number in base 256 is 63 bits at most, perhaps negative: the bytes before them repeat its sign.
  if (first >= 0x80) {
    const sign = (first & 0x40) === 0 ? 0 : 0xff;
    const isShort = (byte: number) => byte === sign;
    const leading = [(first & 0x7f) | (sign & 0x80), ...buffer.subarray(at + 1, at + timeBytes - 8)];
    return leading.every(isShort) && (((buffer[at + timeBytes - 8] ?? 0) ^ sign) & 0x80) === 0;
  }
  try {
    readNumber(buffer, at, timeBytes);
    return true;
  } catch {
    return false;
  }
}
