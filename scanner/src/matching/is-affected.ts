/** Whether a version is affected. Source: the OSV schema, "Evaluation". */
import type { OsvAffected, OsvEvent, OsvRange } from '../advisories/osv-record.ts';
import type { Comparator } from './comparators/comparator.ts';
import { npmSemver } from './comparators/npm-semver/index.ts';
import { findEcosystem } from './ecosystems.ts';

/** Whether an entry of a record affects this version of the package that it names. */
export function isAffected(entry: OsvAffected, version: string): boolean {
  if (entry.versions.includes(version)) return true;
  const comparator = findEcosystem(entry.ecosystem)?.comparator;
  if (comparator === undefined) return false;
  if (entry.ranges.some((range) => isInRange(range, version, comparatorOf(range, comparator, version)))) return true;
  return isEnumerated(entry.versions, version, comparator);
}

/** A SEMVER range is in semantic versions whatever the ecosystem's own are; Go's comparator reads more of them. */
function comparatorOf(range: OsvRange, own: Comparator, version: string): Comparator {
  const isOwn = range.type === 'ECOSYSTEM' || own.name === 'go';
  return isOwn || npmSemver.parse(version) === undefined ? own : npmSemver;
}

/** The same version can be written in several ways: 2.2.0 is 2.2. */
function isEnumerated(versions: readonly string[], version: string, comparator: Comparator): boolean {
  if (versions.length === 0) return false;
  const installed = comparator.parse(version);
  if (installed === undefined) return false;
  return versions.some((listed) => {
    const other = comparator.parse(listed);
    return other !== undefined && (comparator.compare(installed, other) === 0 || comparator.covers?.(other, installed));
  });
}

interface Bound {
  kind: 'introduced' | 'fixed' | 'last_affected';
  /** Undefined: before every version. */
  at: unknown;
}

function isInRange(range: OsvRange, version: string, comparator: Comparator): boolean {
  const installed = comparator.parse(version);
  if (installed === undefined) return false;
  const bounds = readBounds(range.events, comparator);
  if (bounds === undefined || !isBeforeLimits(range.events, installed, comparator)) return false;
  let affected = false;
  for (const { kind, at } of bounds) {
    const order = at === undefined ? 1 : comparator.compare(installed, at);
    if (kind === 'introduced' && order >= 0) affected = true;
    if (kind === 'fixed' && order >= 0) affected = false;
    if (kind === 'last_affected' && order > 0 && !comparator.covers?.(at, installed)) affected = false;
  }
  return affected;
}

/** In their order; those at one version stay as the record has them. Undefined when one is no version. */
function readBounds(events: readonly OsvEvent[], comparator: Comparator): Bound[] | undefined {
  const bounds: Bound[] = [];
  for (const event of events) {
    for (const kind of ['introduced', 'fixed', 'last_affected'] as const) {
      const text = event[kind];
      if (text === undefined) continue;
      if (kind === 'introduced' && text === '0') {
        bounds.push({ kind, at: undefined });
        continue;
      }
      const at = comparator.parse(text);
      if (at === undefined) return undefined;
      bounds.push({ kind, at });
    }
  }
  return bounds.sort((a, b) => compareBounds(a, b, comparator));
}

function compareBounds(a: Bound, b: Bound, comparator: Comparator): number {
  if (a.at !== undefined && b.at !== undefined) return comparator.compare(a.at, b.at);
  if (a.at === b.at) return 0;
  return a.at === undefined ? -1 : 1;
}

/** With several limits the version has to lie before one of them. */
function isBeforeLimits(events: readonly OsvEvent[], installed: unknown, comparator: Comparator): boolean {
  const limits = events.flatMap((event) => event.limit ?? []);
  if (limits.length === 0) return true;
  return limits.some((limit) => {
    if (limit === '*') return true;
    const at = comparator.parse(limit);
    return at !== undefined && comparator.compare(installed, at) < 0;
  });
}
