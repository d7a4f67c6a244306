import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

/** Runs of digits and runs of letters, without the zeros that end the release and those that end the whole. */
type RubyVersion = readonly string[];

const grammar = /^(?:\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?$/;

/** Versions of Ruby gems. Source: `Gem::Version` of RubyGems: what has a letter in it is a prerelease. */
export const rubygems: Comparator<RubyVersion> = {
  name: 'rubygems',
  parse(version) {
    const text = version.trim();
    if (!grammar.test(text)) return undefined;
    const segments = text.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
    const firstWord = segments.findIndex(isWord);
    const releaseEnd = firstWord === -1 ? segments.length : firstWord;
    return [...withoutEndingZeros(segments.slice(0, releaseEnd)), ...withoutEndingZeros(segments.slice(releaseEnd))];
  },
  compare(a, b) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const order = compareSegments(a[index] ?? '0', b[index] ?? '0');
      if (order !== 0) return order;
    }
    return 0;
  },
};

function isWord(segment: string): boolean {
  return !/^\d/.test(segment);
}

function withoutEndingZeros(segments: readonly string[]): string[] {
  return segments.slice(0, segments.findLastIndex((segment) => !/^0+$/.test(segment)) + 1);
}

/** A word lies before any number. */
function compareSegments(a: string, b: string): number {
  const [isWordA, isWordB] = [isWord(a), isWord(b)];
  if (isWordA !== isWordB) return isWordA ? -1 : 1;
  if (!isWordA) return compareDigits(a, b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
