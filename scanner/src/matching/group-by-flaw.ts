import type { OsvRecord } from '../advisories/osv-record.ts';
import type { Candidate } from './match-records.ts';

/** The matched records of one package sorted by flaw. A key is the flaw's CVE id, or a record's own where it has none. */
export type Flaws = ReadonlyMap<string, readonly Candidate[]>;

/**
 * One flaw for each CVE that a record names; so a record on several CVEs stands in several flaws. A record that names
 * none belongs to the CVEs of those it shares an id with, else to a flaw of its own with them.
 */
export function groupByFlaw(matched: readonly Candidate[], isDistribution: boolean): Flaws {
  const flaws = new Map<string, Candidate[]>();
  for (const joined of joinBySharedIds(matched)) {
    const all = new Set(joined.flatMap(({ record }) => cvesNamedBy(record, isDistribution)));
    for (const candidate of joined) {
      const own = cvesNamedBy(candidate.record, isDistribution);
      const ids = own.length > 0 ? own : all.size > 0 ? all : [lowestId(joined)];
      for (const id of ids) flaws.set(id, [...(flaws.get(id) ?? []), candidate]);
    }
  }
  return flaws;
}

/**
 * The CVEs that a record is about. A distribution's record mends flaws that it names as `upstream` or `related`; in a
 * language's advisory database `related` means other flaws.
 */
export function cvesNamedBy(record: OsvRecord, isDistribution: boolean): string[] {
  if (isCve(record.id)) return [record.id];
  const named = [...record.aliases, ...record.upstream].filter(isCve);
  const found = named.length === 0 && isDistribution ? record.related.filter(isCve) : named;
  return [...new Set(found)];
}

function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}

function lowestId(group: readonly Candidate[]): string {
  return group.map(({ record }) => record.id).sort()[0] ?? '';
}

/** Records that share an id, of their own or as an alias, directly or by way of others. */
function joinBySharedIds(matched: readonly Candidate[]): Set<Candidate[]> {
  const groupOf = new Map<string, Candidate[]>();
  const groups = new Set<Candidate[]>();
  for (const candidate of matched) {
    const touched = new Set(idsOf(candidate).map((id) => groupOf.get(id)));
    const [group = [], ...others] = [...touched].filter((known) => known !== undefined);
    groups.add(group);
    for (const other of others) groups.delete(other);
    for (const joining of [candidate, ...others.flat()]) {
      group.push(joining);
      for (const id of idsOf(joining)) groupOf.set(id, group);
    }
  }
  return groups;
}

function idsOf({ record }: Candidate): string[] {
  return [record.id, ...record.aliases];
}
