/** Text of Windows programs: two bytes a character. Rules speak of one, so it is written anew. */

export type WideEncoding = 'utf16le' | 'utf16be';

const sampleBytes = 512;
const leastBytes = 16;

/** Which of the two it is, by a mark at the beginning or by the zeros that Latin letters have; undefined for all else. */
export function wideEncodingOf(bytes: Uint8Array): WideEncoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be';
  if (bytes[0] !== 0 && bytes[1] !== 0) return undefined;
  const sample = bytes.subarray(0, Math.min(sampleBytes, bytes.length - (bytes.length % 2)));
  if (sample.length < leastBytes) return undefined;
  const zeros = [0, 0];
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const pairs = sample.length / 2;
  if (odd >= pairs * 0.8 && even === 0) return 'utf16le';
  if (even >= pairs * 0.8 && odd === 0) return 'utf16be';
  return undefined;
}

/** The same text as UTF-8, its lines where they were; anything else as it is. */
export function narrowText(bytes: Uint8Array): Uint8Array {
  const encoding = wideEncodingOf(bytes);
  if (encoding === undefined) return bytes;
  const even = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % 2));
  const text = (encoding === 'utf16le' ? even : Buffer.from(even).swap16()).toString('utf16le');
  return Buffer.from(text.startsWith('\ufeff') ? text.slice(1) : text, 'utf8');
}
