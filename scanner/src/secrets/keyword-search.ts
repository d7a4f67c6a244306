import { buildKeywordAutomaton, findKeywords } from './keyword-automaton.ts';
import { buildKeywordFilter, filterKeywords, leastKeywordBytes } from './keyword-filter.ts';

/** Calls back for each place where keywords end, in order, with their numbers; stops when told `false`. */
export type KeywordSearch = (bytes: Uint8Array, found: (end: number, keywords: readonly number[]) => boolean) => void;

/** The tables take as long to build as so many bytes to be searched without them. */
const fewBytes = 32 * 1024;

/**
 * Looks for keywords (ASCII case folded) by a filter, or an automaton where some are too short for that. Either is built
 * when more has to be searched than the few lines of an image's configuration.
 */
export function keywordSearch(keywords: readonly string[]): KeywordSearch {
  const folded = keywords.map((keyword) => foldCase(Buffer.from(keyword, 'utf8')));
  let fast: KeywordSearch | undefined;
  let searched = 0;
  return (bytes, found) => {
    searched += bytes.length;
    if (fast === undefined && searched > fewBytes) fast = fastSearch(keywords);
    if (fast === undefined) searchEach(folded, foldCase(bytes), found);
    else fast(bytes, found);
  };
}

function fastSearch(keywords: readonly string[]): KeywordSearch {
  if (keywords.every((keyword) => Buffer.byteLength(keyword) >= leastKeywordBytes)) {
    const filter = buildKeywordFilter(keywords);
    return (bytes, found) => filterKeywords(filter, bytes, found);
  }
  const automaton = buildKeywordAutomaton(keywords);
  return (bytes, found) => findKeywords(automaton, bytes, found);
}

/** One keyword after the other. */
function searchEach(keywords: readonly string[], text: string, found: Parameters<KeywordSearch>[1]): void {
  const places = new Map<number, number[]>();
  for (const [number, keyword] of keywords.entries()) {
    if (keyword === '') continue;
    for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1)) {
      const end = at + keyword.length;
      const others = places.get(end);
      if (others === undefined) places.set(end, [number]);
      else others.push(number);
    }
  }
  for (const end of [...places.keys()].toSorted((a, b) => a - b)) if (!found(end, places.get(end) ?? [])) return;
}

/** A character for each byte; only ASCII letters have two cases. */
function foldCase(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
