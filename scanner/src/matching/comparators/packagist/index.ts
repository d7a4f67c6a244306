import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

/** Numbers and words in turn, as PHP's `version_compare` splits what Composer has normalised. */
type ComposerVersion = readonly string[];

const modifier = String.raw`[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d)*)?)?([.-]?dev)?`;
const classical = new RegExp(String.raw`^v?(\d{1,5})(\.\d+)?(\.\d+)?(\.\d+)?${modifier}$`, 'i');
const dated = new RegExp(String.raw`^v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){0,2})${modifier}$`, 'i');
const branch = /^v?(\d+)(\.(?:\d+|x|\*))?(\.(?:\d+|x|\*))?(\.(?:\d+|x|\*))?[.-]?dev$/i;
const branchNumber = '9999999';

/** In PHP's order; a plain number, or the end, stands between `rc` and `p`. */
const words: ReadonlyMap<string, number> = new Map([
  ['dev', 0],
  ['alpha', 1],
  ['beta', 2],
  ['rc', 3],
  ['p', 5],
]);
const numberRank = 4;

const spellings: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['pl', 'p'],
  ['patch', 'p'],
]);

/**
 * Versions of Composer packages. Source: composer/semver, `VersionParser::normalize`, and PHP's `version_compare`. A
 * branch without numbers (`dev-main`) has no place in the order.
 */
export const packagist: Comparator<ComposerVersion> = {
  name: 'packagist',
  parse(version) {
    const text = version
      .trim()
      .replace(/@(?:stable|rc|beta|alpha|dev)$/i, '')
      .replace(/^([^,\s+]+)\+\S+$/, '$1');
    return readClassical(text) ?? readDated(text) ?? readBranch(text);
  },
  compare(a, b) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const order = compareParts(a[index], b[index]);
      if (order !== 0) return order;
    }
    return 0;
  },
};

function readClassical(text: string): ComposerVersion | undefined {
  const [, major, minor = '.0', patch = '.0', build = '.0', ...rest] = classical.exec(text) ?? [];
  if (major === undefined) return undefined;
  return [major, ...[minor, patch, build].map((number) => number.slice(1)), ...readModifier(rest)];
}

function readDated(text: string): ComposerVersion | undefined {
  const [, date, ...rest] = dated.exec(text) ?? [];
  return date === undefined ? undefined : [...date.split(/\D/), ...readModifier(rest)];
}

/** `1.2.x-dev` is the branch of all that will come of 1.2. */
function readBranch(text: string): ComposerVersion | undefined {
  const [, ...found] = branch.exec(text) ?? [];
  if (found.length === 0) return undefined;
  const numbers = found.map((number: string | undefined) => number?.replace(/^\./, '') ?? 'x');
  return [...numbers.map((number) => (/^\d/.test(number) ? number : branchNumber)), 'dev'];
}

/** Stability, its number, and whether it is a development version. */
function readModifier([stability = '', number = '', dev]: readonly (string | undefined)[]): string[] {
  const word = stability.toLowerCase();
  if (word === 'stable') return [];
  const numbers = number.match(/\d+/g) ?? [];
  return [...(word === '' ? [] : [spellings.get(word) ?? word, ...numbers]), ...(dev === undefined ? [] : ['dev'])];
}

/** A further number lies after the end, whatever it is; a further word as it stands to a number. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return rankOfRest(a) - rankOfRest(b);
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  return rankA === rankB && rankA === numberRank ? compareDigits(a, b) : rankA - rankB;
}

function rankOf(part: string): number {
  return words.get(part) ?? numberRank;
}

function rankOfRest(part: string | undefined): number {
  if (part === undefined) return numberRank;
  const rank = rankOf(part);
  return rank === numberRank ? numberRank + 0.5 : rank;
}
