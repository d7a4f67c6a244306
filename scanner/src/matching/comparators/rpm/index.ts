import type { Comparator } from '../comparator.ts';
import { compareDigits } from '../compare-digits.ts';

/** From the one that sorts first where two versions differ: `1~rc1` lies before `1`, `1^git` after it and before `1.1`. */
const kinds = ['tilde', 'end', 'caret', 'letters', 'digits'] as const;

interface Part {
  kind: (typeof kinds)[number];
  text: string;
}

interface RpmVersion {
  epoch: string;
  version: readonly Part[];
  /** Undefined where none is told, which lies before every release. */
  release: readonly Part[] | undefined;
}

/** Separators between the parts say nothing: `1.0`, `1_0` and `1..0` are the same. */
const part = /~|\^|[A-Za-z]+|\d+/g;

/** `[epoch:]version[-release]` of RPM packages. Source: rpm-version(7) and the behaviour of `rpm.vercmp`. */
export const rpm: Comparator<RpmVersion> = {
  name: 'rpm',
  parse(version) {
    const text = version.trim();
    if (!/^[\x21-\x7e]+$/.test(text)) return undefined;
    const [, epoch = '', rest = ''] = /^(?:(\d*):)?(.*)$/.exec(text) ?? [];
    const hyphen = rest.lastIndexOf('-');
    return hyphen === -1
      ? { epoch, version: splitParts(rest), release: undefined }
      : { epoch, version: splitParts(rest.slice(0, hyphen)), release: splitParts(rest.slice(hyphen + 1)) };
  },
  compare(a, b) {
    return (
      compareDigits(a.epoch, b.epoch) || compareParts(a.version, b.version) || compareReleases(a.release, b.release)
    );
  },
  // A version without a release lies before all of its releases, but who writes "up to 1.2" means them too.
  covers: (told, version) =>
    told.release === undefined &&
    compareDigits(told.epoch, version.epoch) === 0 &&
    compareParts(told.version, version.version) === 0,
};

function splitParts(text: string): Part[] {
  return (text.match(part) ?? []).map((found) => ({ kind: kindOf(found), text: found }));
}

function kindOf(found: string): Part['kind'] {
  if (found === '~') return 'tilde';
  if (found === '^') return 'caret';
  return /^\d/.test(found) ? 'digits' : 'letters';
}

const end: Part = { kind: 'end', text: '' };

function compareParts(a: readonly Part[], b: readonly Part[]): number {
  for (let index = 0; ; index++) {
    const left = a[index] ?? end;
    const right = b[index] ?? end;
    if (left.kind !== right.kind) return kinds.indexOf(left.kind) - kinds.indexOf(right.kind);
    if (left.kind === 'end') return 0;
    const order = left.kind === 'digits' ? compareDigits(left.text, right.text) : compareLetters(left.text, right.text);
    if (order !== 0) return order;
  }
}

function compareLetters(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareReleases(a: readonly Part[] | undefined, b: readonly Part[] | undefined): number {
  if (a !== undefined && b !== undefined) return compareParts(a, b);
  return Number(a !== undefined) - Number(b !== undefined);
}
