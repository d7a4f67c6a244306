import { AdvisoryReadError } from './advisory-read-error.ts';
import type { AdvisoryText } from './unpack-advisories.ts';

/** Larger than any advisory: the longest of the Linux kernel's are a few megabytes. */
export const mostRecordBytes = 32 * 1024 * 1024;

const newline = 0x0a;

/**
 * The JSON texts of single records: the lines of NDJSON, the elements of an array, or the one document. They come in
 * batches, one for each chunk that was read. Throws {@link AdvisoryReadError} for a record without end.
 */
export async function* splitRecords(
  { where, name, chunks }: AdvisoryText,
  mostBytes = mostRecordBytes,
): AsyncGenerator<string[]> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const head = await readHead(source, mostBytes, where);
    const all = replay(head, source);
    const first = firstByte(head);
    if (first === 0x5b) yield* splitArray(all, where, mostBytes);
    else if (/\.(?:ndjson|jsonl|csv)$/i.test(name) || firstLineIsWhole(head)) yield* splitLines(all, where, mostBytes);
    else yield* wholeDocument(all, where, mostBytes);
  } finally {
    await source.return?.();
  }
}

/** As much as tells the form: the first line that is not empty, or the first byte of an array. */
async function readHead(source: AsyncIterator<Uint8Array>, mostBytes: number, where: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await source.next();
    if (done) return Buffer.concat(parts);
    parts.push(value);
    bytes += value.length;
    const isArray = parts.length === 1 && firstByte(Buffer.from(value)) === 0x5b;
    if (isArray || value.includes(newline)) return Buffer.concat(parts);
    if (bytes > mostBytes) throw tooLarge(where, mostBytes);
  }
}

async function* replay(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Skips white space and a byte order mark. */
function firstByte(head: Buffer): number | undefined {
  return head.find((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
}

function firstLineIsWhole(head: Buffer): boolean {
  const text = head.toString('utf8').trimStart();
  const end = text.indexOf('\n');
  try {
    JSON.parse(end === -1 ? text : text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  mostBytes: number,
): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([rest, chunk]);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      if (end - start > mostBytes) throw tooLarge(where, mostBytes);
      lines.push(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    // A copy: what is kept must not hold the whole chunk, nor be overwritten with it.
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > mostBytes) throw tooLarge(where, mostBytes);
    yield lines.filter(isText);
  }
  if (rest.length > 0) yield [rest.toString('utf8')].filter(isText);
}

/** Depth is counted, strings are stepped over; what lies between the elements is left to nobody's taste. */
async function* splitArray(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  mostBytes: number,
): AsyncGenerator<string[]> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let element: Buffer[] = [];
  let elementBytes = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const elements: string[] = [];
    let start = depth >= 2 ? 0 : -1;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === 0x5c) escaped = true;
        else if (byte === 0x22) inString = false;
      } else if (byte === 0x22) inString = true;
      else if (byte === 0x5b || byte === 0x7b) {
        if (depth === 1) start = index;
        depth++;
      } else if (byte === 0x5d || byte === 0x7d) {
        depth--;
        if (depth === 1) {
          elements.push(Buffer.concat([...element, bytes.subarray(start, index + 1)]).toString('utf8'));
          element = [];
          elementBytes = 0;
          start = -1;
        }
      }
    }
    if (start !== -1) {
      element.push(Buffer.from(bytes.subarray(start)));
      elementBytes += bytes.length - start;
      if (elementBytes > mostBytes) throw tooLarge(where, mostBytes);
    }
    yield elements;
  }
  if (depth !== 0) throw new AdvisoryReadError('advisories-corrupt', `${where}: the JSON array does not end`);
}

async function* wholeDocument(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  mostBytes: number,
): AsyncGenerator<string[]> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) throw tooLarge(where, mostBytes);
  }
  yield [Buffer.concat(parts).toString('utf8')].filter(isText);
}

function isText(line: string): boolean {
  return line.trim() !== '';
}

function tooLarge(where: string, mostBytes: number): AdvisoryReadError {
  return new AdvisoryReadError('advisories-record-too-large', `${where}: a record has more than ${mostBytes} bytes`);
}
