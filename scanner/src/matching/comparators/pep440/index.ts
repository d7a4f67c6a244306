import { parse } from '@renovatebot/pep440';
import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';
import { rememberParsed } from '../remember-parsed.ts';

interface PythonVersion {
  epoch: number;
  /** Without zeros at the end: 2.2.0 is 2.2. */
  release: readonly number[];
  /** Place among what comes before and after a release, then the numbers of these. */
  phase: readonly number[];
  local: readonly string[];
}

/** The library reads numbers as such: above this many digits two different ones would be the same to it. */
const tooLong = /\d{16}/;

/**
 * Versions of Python packages. Source: PEP 440, "Summary of permitted suffixes and relative ordering". The library
 * parses; local labels are read here, since it takes `1e5` and `0x10` in them for numbers.
 */
export const pep440: Comparator<PythonVersion> = {
  name: 'pep440',
  parse: rememberParsed(parseVersion),
  compare(a, b) {
    return (
      a.epoch - b.epoch ||
      compareNumbers(a.release, b.release) ||
      compareNumbers(a.phase, b.phase) ||
      compareLocal(a.local, b.local)
    );
  },
};

function parseVersion(version: string): PythonVersion | undefined {
  const text = version.trim();
  const parsed = parse(text);
  if (parsed === null) return undefined;
  const plus = text.indexOf('+');
  if (tooLong.test(plus === -1 ? text : text.slice(0, plus))) return undefined;
  return {
    epoch: parsed.epoch,
    release: withoutTrailingZeros(parsed.release),
    phase: phaseOf(parsed),
    local:
      plus === -1
        ? []
        : text
            .slice(plus + 1)
            .toLowerCase()
            .split(/[._-]/),
  };
}

type Parsed = NonNullable<ReturnType<typeof parse>>;

/** A development release of a plain version lies before its alphas; any other one just before what it leads to. */
function phaseOf({ pre, post, dev }: Parsed): number[] {
  const letters = ['a', 'b', 'rc'];
  const isPlain = !pre && !post;
  const place = pre ? letters.indexOf(String(pre[0])) : isPlain && dev ? -1 : letters.length;
  return [place, numberOf(pre, 0), numberOf(post, -1), numberOf(dev, Infinity)];
}

function numberOf(part: readonly unknown[] | null, otherwise: number): number {
  return part ? Number(part[1]) : otherwise;
}

function withoutTrailingZeros(release: readonly number[]): number[] {
  return release.slice(0, release.findLastIndex((number) => number !== 0) + 1);
}

/** The longer of two that begin alike comes after. */
function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left = 0, right = 0] = [a[index], b[index]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** Words before numbers, each among themselves; the longer of two that begin alike comes after. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareLabel(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareLabel(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return compareDigits(a, b);
  if (isNumberA !== isNumberB) return isNumberA ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
