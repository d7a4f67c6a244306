/**
 * Many keywords at once, faster than by an automaton: the last four bytes of each are hashed into a table, and a first loop
 * without branches notes the few places where one can end, no look waiting for another. A second loop looks there.
 */
export interface KeywordFilter {
  /** Lower case, UTF-8. */
  readonly keywords: readonly Uint8Array[];
  /** By the last four bytes, folded. */
  readonly endings: ReadonlyMap<number, Ending>;
  /** By hash of four bytes: 1 where a keyword can end. */
  readonly marks: Uint8Array;
  /** By the same hash: the four bytes, folded; 0 where several have it. */
  readonly fours: Int32Array;
  /** Scratch: what the first loop notes. */
  readonly places: Uint32Array;
}

/** Keywords whose last four bytes are the same, by their numbers, longest first. */
interface Ending {
  /** Those of eight bytes and more, by the four bytes before. */
  readonly long: Map<number, number[]>;
  readonly short: number[];
}

/** Shorter keywords would mark too much of the table. */
export const leastKeywordBytes = 3;

const placesAtOnce = 16_384;
const hashBits = 18;
/** 2^32 divided by the golden ratio: spreads what differs little. */
const spread = 0x9e3779b1 | 0;
/** Sets bit 5 of each byte: letters become lower case. Others that fall together are told apart afterwards. */
const lowerCase = 0x20202020;

/** Keywords are texts whose UTF-8 bytes are looked for, none shorter than {@link leastKeywordBytes}. */
export function buildKeywordFilter(texts: readonly string[]): KeywordFilter {
  const keywords = texts.map((text) => Buffer.from(text.toLowerCase(), 'utf8'));
  const lengthOf = (number: number): number => keywords[number]?.length ?? 0;
  const endings = new Map<number, Ending>();
  for (const number of [...keywords.keys()].sort((a, b) => lengthOf(b) - lengthOf(a))) {
    const keyword = keywords[number] as Buffer;
    for (const four of lastFours(keyword)) {
      const ending = endings.get(four) ?? { long: new Map<number, number[]>(), short: [] };
      endings.set(four, ending);
      if (keyword.length < 8) ending.short.push(number);
      else {
        const before = keyword.readInt32LE(keyword.length - 8) | lowerCase;
        const numbers = ending.long.get(before) ?? [];
        ending.long.set(before, numbers);
        numbers.push(number);
      }
    }
  }
  const marks = new Uint8Array(1 << hashBits);
  const fours = new Int32Array(1 << hashBits);
  for (const four of endings.keys()) {
    const hash = hashOf(four);
    fours[hash] = marks[hash] === 0 ? four : 0;
    marks[hash] = 1;
  }
  return { keywords, endings, marks, fours, places: new Uint32Array(placesAtOnce) };
}

/** Folded. Of a keyword with three bytes: those with any byte before it. */
function lastFours(keyword: Buffer): number[] {
  if (keyword.length >= 4) return [keyword.readInt32LE(keyword.length - 4) | lowerCase];
  const three = (keyword.readUIntLE(0, 3) << 8) | lowerCase;
  return Array.from({ length: 256 }, (_, before) => before)
    .filter((before) => (before & 0x20) !== 0)
    .map((before) => three | before);
}

function hashOf(four: number): number {
  return Math.imul(four, spread) >>> (32 - hashBits);
}

/** Calls back for each place where keywords end, in order, with their numbers; stops when told `false`. */
export function filterKeywords(
  filter: KeywordFilter,
  bytes: Uint8Array,
  found: (end: number, keywords: readonly number[]) => boolean,
): void {
  const { endings, marks, fours, places } = filter;
  if (bytes.length < leastKeywordBytes) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Where four bytes have not begun a keyword of three can end.
  const beginning = (((view.getUint8(2) << 16) | view.getUint16(0, true)) << 8) | lowerCase;
  if (!tell(filter, view, leastKeywordBytes, endings.get(beginning), found)) return;
  const last = bytes.length - 3;
  for (let from = 0; from < last; from += placesAtOnce) {
    const count = notePlaces(marks, view, from, Math.min(from + placesAtOnce, last), places);
    for (let index = 0; index < count; index++) {
      const at = places[index] as number;
      const four = view.getInt32(at, true) | lowerCase;
      const known = fours[hashOf(four)];
      if (known !== four && known !== 0) continue;
      if (!tell(filter, view, at + 4, endings.get(four), found)) return;
    }
  }
}

/** Writes down each place, and the next one over it unless it is marked. */
function notePlaces(marks: Uint8Array, view: DataView, from: number, to: number, places: Uint32Array): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    places[count] = at;
    count += marks[Math.imul(view.getInt32(at, true) | lowerCase, spread) >>> (32 - hashBits)] as number;
  }
  return count;
}

function tell(
  { keywords }: KeywordFilter,
  view: DataView,
  end: number,
  ending: Ending | undefined,
  found: (end: number, keywords: readonly number[]) => boolean,
): boolean {
  if (ending === undefined) return true;
  const { long, short } = ending;
  const longer = end >= 8 && long.size > 0 ? long.get(view.getInt32(end - 8, true) | lowerCase) : undefined;
  const told: number[] = [];
  for (const number of longer ?? []) if (endsAt(keywords[number] as Uint8Array, view, end)) told.push(number);
  for (const number of short) if (endsAt(keywords[number] as Uint8Array, view, end)) told.push(number);
  return told.length === 0 || found(end, told);
}

function endsAt(keyword: Uint8Array, view: DataView, end: number): boolean {
  const start = end - keyword.length;
  if (start < 0) return false;
  for (let at = keyword.length - 1; at >= 0; at--) {
    const byte = view.getUint8(start + at);
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== keyword[at]) return false;
  }
  return true;
}
