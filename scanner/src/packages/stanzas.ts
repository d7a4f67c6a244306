const lineFeed = 10;
const carriageReturn = 13;
const tab = 9;
const space = 32;
const colon = 58;

/** Longer values are cut: no name or version is as long, and a hostile line costs no more than its bytes. */
const maxValueBytes = 4096;

const utf8 = new TextDecoder('utf-8');

export interface StanzaOptions {
  /** The names of fields may be written in any case (RFC 822 headers, dpkg); else exactly as asked for. */
  ignoreCase: boolean;
}

/**
 * The paragraphs of a file of `Key: value` lines that blank lines separate (dpkg's status, RFC 822 headers, apk's
 * database). Only the fields asked for are decoded; of a repeated field the first counts, folded lines are joined
 * by a space. Lines without a colon are passed over. Every paragraph is yielded, also without any of the fields.
 */
export function* stanzas(
  bytes: Uint8Array,
  fields: readonly string[],
  options: StanzaOptions,
): Generator<ReadonlyMap<string, string>> {
  const wanted = fields.map((name) => ({ name, key: keyBytes(name, options.ignoreCase) }));
  const fold = options.ignoreCase ? 0x20 : 0;
  let stanza = new Map<string, string>();
  let current: string | undefined;
  let hasLines = false;
  let start = startOfText(bytes);

  while (start < bytes.length) {
    const lineBreak = bytes.indexOf(lineFeed, start);
    const next = lineBreak === -1 ? bytes.length : lineBreak + 1;
    let end = lineBreak === -1 ? bytes.length : lineBreak;
    if (end > start && bytes[end - 1] === carriageReturn) end -= 1;

    const first = bytes[start];
    if (end === start) {
      if (hasLines) {
        yield stanza;
        stanza = new Map();
      }
      current = undefined;
      hasLines = false;
    } else if (first === space || first === tab) {
      if (current !== undefined) appendFolded(stanza, current, decodeTrimmed(bytes, start, end));
    } else {
      hasLines = true;
      current = undefined;
      for (const field of wanted) {
        const valueStart = afterKey(bytes, start, end, field.key, fold);
        if (valueStart === -1) continue;
        if (!stanza.has(field.name)) {
          stanza.set(field.name, decodeTrimmed(bytes, valueStart, end));
          current = field.name;
        }
        break;
      }
    }
    start = next;
  }
  if (hasLines) yield stanza;
}

function keyBytes(name: string, ignoreCase: boolean): Uint8Array {
  return new TextEncoder().encode(ignoreCase ? name.toLowerCase() : name);
}

function startOfText(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Where the value begins when the line is of this field, else -1. */
function afterKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array, fold: number): number {
  let at = start;
  for (const letter of key) {
    const byte = bytes[at];
    if (at >= end || byte === undefined || (byte !== letter && (byte | fold) !== letter)) return -1;
    at += 1;
  }
  while (at < end && (bytes[at] === space || bytes[at] === tab)) at += 1;
  return at < end && bytes[at] === colon ? at + 1 : -1;
}

function decodeTrimmed(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, Math.min(end, start + maxValueBytes))).trim();
}

function appendFolded(stanza: Map<string, string>, field: string, more: string): void {
  const value = stanza.get(field) ?? '';
  if (value.length < maxValueBytes) stanza.set(field, `${value} ${more}`.trim());
}
