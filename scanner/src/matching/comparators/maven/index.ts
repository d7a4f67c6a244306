import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

/** A run of digits, or a word. */
interface Item {
  isWord: boolean;
  text: string;
}

/** Lists in lists, each the last item of the one before: `1.0-rc-2` is (1 (rc (2))). Kept flat: anyone can nest 100,000 of them. */
type MavenVersion = readonly (readonly Item[])[];

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases: ReadonlyMap<string, string> = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
/** Only before a number: `a1`. */
const shortQualifiers: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

/**
 * Versions of Maven artifacts; any text is one. Source: `ComparableVersion` of maven-artifact 3.9, whose order turns in a
 * circle for words behind a dot (`1.a.2` < `1-rc` < `1` < `1.a.2`).
 */
export const maven: Comparator<MavenVersion> = {
  name: 'maven',
  parse(version) {
    const text = version.trim().toLowerCase();
    return text === '' ? undefined : normalize(new Splitter(text).split());
  },
  compare(a, b) {
    for (let level = 0; ; level++) {
      const order = compareLists(a, b, level);
      if (order !== 'deeper') return order;
    }
  },
};

/** Splits at dots, hyphens, and where digits and letters meet. */
class Splitter {
  readonly #text: string;
  readonly #lists: Item[][] = [[]];
  #start = 0;
  #isDigits = false;

  constructor(text: string) {
    this.#text = text;
  }

  split(): Item[][] {
    for (let index = 0; index < this.#text.length; index++) this.#character(index);
    if (this.#start < this.#text.length) {
      // `1.0.X1` lies before `1.0.0-X2`: a word opens a list whatever stands before it.
      if (!this.#isDigits) this.#openUnlessEmpty();
      this.#add(this.#text.length);
    }
    return this.#lists;
  }

  #character(index: number): void {
    const character = this.#text[index];
    if (character === '.' || character === '-') {
      if (index === this.#start) this.#last().push({ isWord: false, text: '0' });
      else this.#add(index);
      this.#start = index + 1;
      if (character === '-') this.#lists.push([]);
      return;
    }
    const isDigits = isDigit(character);
    if (isDigits !== this.#isDigits && index > this.#start) {
      if (isDigits) this.#openUnlessEmpty();
      this.#add(index, isDigits);
      this.#start = index;
      this.#lists.push([]);
    }
    this.#isDigits = isDigits;
  }

  #add(end: number, beforeNumber = false): void {
    const text = this.#text.slice(this.#start, end);
    const word = beforeNumber ? (shortQualifiers.get(text) ?? text) : text;
    this.#last().push(this.#isDigits ? { isWord: false, text } : { isWord: true, text: aliases.get(word) ?? word });
  }

  #openUnlessEmpty(): void {
    if (this.#last().length > 0) this.#lists.push([]);
  }

  #last(): Item[] {
    return this.#lists.at(-1) ?? [];
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Takes away what says nothing at the end of each list: zeros, `ga`, lists with nothing in them. */
function normalize(lists: readonly Item[][]): MavenVersion {
  const kept: Item[][] = [];
  for (const list of lists.toReversed()) {
    const items = list.slice(0, list.findLastIndex((item) => againstNothing(item) !== 0) + 1);
    if (items.length > 0 || kept.length > 0) kept.push(items);
  }
  return kept.reverse();
}

/** The order of two lists, or that only the lists in them tell it. */
function compareLists(a: MavenVersion, b: MavenVersion, level: number): number | 'deeper' {
  const [left = [], right = []] = [a[level], b[level]];
  for (let index = 0; ; index++) {
    const isListA = index === left.length && level + 1 < a.length;
    const isListB = index === right.length && level + 1 < b.length;
    if (isListA && isListB) return 'deeper';
    const [itemA, itemB] = [left[index], right[index]];
    if (isListA || isListB) return isListA ? listAgainst(a, level + 1, itemB) : -listAgainst(b, level + 1, itemA);
    if (itemA === undefined && itemB === undefined) return 0;
    const order = compareItems(itemA, itemB);
    if (order !== 0) return order;
  }
}

/** A list stands between words and numbers; against nothing its first item that says something decides. */
function listAgainst(version: MavenVersion, level: number, item: Item | undefined): number {
  if (item !== undefined) return item.isWord ? 1 : -1;
  for (const list of version.slice(level)) {
    for (const inner of list) {
      const order = againstNothing(inner);
      if (order !== 0) return order;
    }
  }
  return 0;
}

function compareItems(a: Item | undefined, b: Item | undefined): number {
  if (a === undefined || b === undefined) return againstNothing(a) - againstNothing(b);
  if (a.isWord !== b.isWord) return a.isWord ? -1 : 1;
  return a.isWord ? compareWords(a.text, b.text) : compareDigits(a.text, b.text);
}

/** `1` lies after `1-rc` and before `1-sp`; zeros are nothing. */
function againstNothing(item: Item | undefined): number {
  if (item === undefined) return 0;
  if (item.isWord) return compareWords(item.text, '');
  return /^0*$/.test(item.text) ? 0 : 1;
}

/** Words that nobody knows come last, in their letters' order. */
function compareWords(a: string, b: string): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA < qualifiers.length || a === b) return 0;
  return a < b ? -1 : 1;
}

function rankOf(word: string): number {
  const known = qualifiers.indexOf(word);
  return known === -1 ? qualifiers.length : known;
}
