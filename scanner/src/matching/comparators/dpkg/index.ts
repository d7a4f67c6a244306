import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

interface DebianVersion {
  epoch: string;
  upstream: string;
  revision: string;
}

/** Versions of Debian, Ubuntu and their kin. Source: deb-version(7), "Sorting algorithm". */
export const dpkg: Comparator<DebianVersion> = {
  name: 'dpkg',
  parse(version) {
    const text = version.trim();
    if (text === '') return undefined;
    const colon = text.indexOf(':');
    const epoch = colon > 0 && /^\d+$/.test(text.slice(0, colon)) ? text.slice(0, colon) : '';
    const rest = epoch === '' ? text : text.slice(colon + 1);
    const hyphen = rest.lastIndexOf('-');
    return hyphen === -1
      ? { epoch, upstream: rest, revision: '' }
      : { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
  },
  compare(a, b) {
    return (
      compareDigits(a.epoch, b.epoch) || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision)
    );
  },
};

/** Runs of other characters and runs of digits in turn, until one differs. */
function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    // A digit weighs as much as the end, so the shorter run stops where the other still has a character.
    while (!isDigitOrEnd(a, i) || !isDigitOrEnd(b, j)) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const endA = endOfDigits(a, i);
    const endB = endOfDigits(b, j);
    const difference = compareDigits(a.slice(i, endA), b.slice(j, endB));
    if (difference !== 0) return difference;
    i = endA;
    j = endB;
  }
  return 0;
}

function isDigitOrEnd(text: string, index: number): boolean {
  return index >= text.length || isDigit(text.charCodeAt(index));
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A tilde sorts before the end, letters after it, all else after the letters. */
function weight(text: string, index: number): number {
  if (isDigitOrEnd(text, index)) return 0;
  const character = text[index] ?? '';
  if (character === '~') return -1;
  return /^[A-Za-z]$/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
