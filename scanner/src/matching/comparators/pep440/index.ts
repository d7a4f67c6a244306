import { compare, valid } from '@renovatebot/pep440';
import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

interface PythonVersion {
  /** All but the local label, as the library takes it. */
  public: string;
  local: string[];
}

/** The library reads numbers as such: above this many digits two different ones would be the same to it. */
const tooLong = /\d{16}/;

/**
 * Versions of Python packages. Source: PEP 440. Local labels are compared here: the library takes `1e5` and `0x10` in
 * them for numbers.
 */
export const pep440: Comparator<PythonVersion> = {
  name: 'pep440',
  parse(version) {
    const text = version.trim();
    if (valid(text) === null) return undefined;
    const plus = text.indexOf('+');
    const found = plus === -1 ? text : text.slice(0, plus);
    if (tooLong.test(found)) return undefined;
    const local =
      plus === -1
        ? []
        : text
            .slice(plus + 1)
            .toLowerCase()
            .split(/[._-]/);
    return { public: found, local };
  },
  compare(a, b) {
    return compare(a.public, b.public) || compareLocal(a.local, b.local);
  },
};

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
