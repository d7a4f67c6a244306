import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

interface NugetVersion {
  /** Major, minor, patch, revision; those left out are 0. */
  numbers: readonly string[];
  /** Lower case; empty for a release. */
  labels: readonly string[];
}

const grammar = /^v?(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/i;

/** Versions of NuGet packages: semantic versions with up to four numbers, their labels in any case. Source: NuGet documentation, "Package versioning". */
export const nuget: Comparator<NugetVersion> = {
  name: 'nuget',
  parse(version) {
    const [, numbers, labels] = grammar.exec(version.trim()) ?? [];
    if (numbers === undefined) return undefined;
    return { numbers: numbers.split('.'), labels: labels?.toLowerCase().split('.') ?? [] };
  },
  compare(a, b) {
    for (let index = 0; index < 4; index++) {
      const order = compareDigits(a.numbers[index] ?? '', b.numbers[index] ?? '');
      if (order !== 0) return order;
    }
    return compareLabels(a.labels, b.labels);
  },
};

/** A release lies after its prereleases; of two that begin alike the longer one comes after. */
function compareLabels(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareLabel(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers lie before words. */
function compareLabel(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return compareDigits(a, b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
