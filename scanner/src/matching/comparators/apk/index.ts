import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

/** From the one that sorts first where a version goes on with another kind of part. */
const kinds = ['end', 'revision', 'suffix-number', 'suffix', 'letter', 'digits', 'dotted-digits'] as const;

interface Part {
  kind: (typeof kinds)[number];
  /** Digits, a letter, or a suffix's name. */
  text: string;
}

/** In their order: those before the plain version, then those after it. */
const suffixes = ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'];
const firstSuffixAfter = suffixes.indexOf('cvs');

/** Also what apk takes beyond its own documentation: a number may be missing (`4.8.0.-r1`, `10.2.24.r0`). */
const grammar = /^(?=\D*\d)\d*(?:\.\d*|[a-z]\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(?:_|-r\d*)?$/;
const part = /\.(\d*)|-r(\d*)|_([a-z]*)(\d*)|([a-z])|(\d+)/y;

/** Versions of Alpine and its kin: `1.2.3a_rc1-r4`. Source: apk-package(5) and the behaviour of `apk version -t`. */
export const apk: Comparator<Part[]> = {
  name: 'apk',
  parse(version) {
    return grammar.test(version) ? splitParts(version) : undefined;
  },
  compare(a, b) {
    for (let index = 0; ; index++) {
      const left = a[index] ?? end;
      const right = b[index] ?? end;
      if (left.kind !== right.kind) return compareKinds(left, right);
      if (left.kind === 'end') return 0;
      const order = compareTexts(left, right);
      if (order !== 0) return order;
    }
  },
};

const end: Part = { kind: 'end', text: '' };

function splitParts(version: string): Part[] {
  const parts: Part[] = /^\d/.test(version) ? [] : [{ kind: 'digits', text: '' }];
  part.lastIndex = 0;
  for (let found = part.exec(version); found !== null; found = part.exec(version)) {
    const [, dotted, revision, suffix, suffixNumber, letter, digits] = found;
    if (dotted !== undefined) addDotted(parts, dotted);
    else if (revision !== undefined) parts.push({ kind: 'revision', text: revision });
    else if (letter !== undefined) parts.push({ kind: 'letter', text: letter });
    else if (digits !== undefined) parts.push({ kind: 'digits', text: digits });
    else if (suffix !== undefined) {
      parts.push({ kind: 'suffix', text: suffix });
      if (suffixNumber) parts.push({ kind: 'suffix-number', text: suffixNumber });
    }
  }
  return parts;
}

/** Zeros at the head of a number after a dot count like decimals, more of them for less: 1.05 lies before 1.5. */
function addDotted(parts: Part[], digits: string): void {
  parts.push({ kind: 'dotted-digits', text: digits });
  // What follows the zeros is a part of its own even where it is empty, so that 1.0.0 and 1.01 differ in it.
  if (digits.startsWith('0')) parts.push({ kind: 'digits', text: digits.slice(leadingZeros(digits)) });
}

/** A missing number counts as one zero. */
function leadingZeros(digits: string): number {
  if (digits === '') return 1;
  let zeros = 0;
  while (digits[zeros] === '0') zeros++;
  return zeros;
}

function compareKinds(a: Part, b: Part): number {
  if (isBefore(a)) return -1;
  if (isBefore(b)) return 1;
  return kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
}

function isBefore(found: Part): boolean {
  return found.kind === 'suffix' && suffixes.indexOf(found.text) < firstSuffixAfter;
}

function compareTexts(a: Part, b: Part): number {
  if (a.kind === 'suffix') return suffixes.indexOf(a.text) - suffixes.indexOf(b.text);
  if (a.kind === 'letter') return a.text.charCodeAt(0) - b.text.charCodeAt(0);
  if (a.kind === 'dotted-digits') {
    const [zerosA, zerosB] = [leadingZeros(a.text), leadingZeros(b.text)];
    if (zerosA > 0 || zerosB > 0) return zerosB - zerosA;
  }
  return compareDigits(a.text, b.text);
}
