import type { OsvAffected, OsvRecord } from '../advisories/osv-record.ts';
import { advisoryKey, keyText, type AdvisoryKey } from './ecosystems.ts';
import { isAffected } from './is-affected.ts';

/** A record and its entries for one package. */
export interface Candidate {
  record: OsvRecord;
  entries: OsvAffected[];
}

/** Records by the package that they name, withdrawn ones left out; one id stands once for a package. */
export type Candidates = ReadonlyMap<string, readonly Candidate[]>;

/** Sorts records by their packages. The same id may come several times, with the entries of one package each time. */
export function indexRecords(records: Iterable<OsvRecord>): Candidates {
  const byKey = new Map<string, Map<string, Candidate>>();
  for (const record of records) {
    const ofRecord = new Map<string, Candidate>();
    for (const entry of record.affected) {
      const key = keyText(advisoryKey(entry.ecosystem, entry.name));
      const candidate = ofRecord.get(key);
      if (candidate) candidate.entries.push(entry);
      else ofRecord.set(key, { record, entries: [entry] });
    }
    for (const [key, candidate] of ofRecord) {
      const known = byKey.get(key) ?? new Map<string, Candidate>();
      byKey.set(key, known);
      const other = known.get(record.id);
      if (other === undefined || supersedes(record, other.record)) known.set(record.id, candidate);
    }
  }
  const candidates = new Map<string, Candidate[]>();
  for (const [key, known] of byKey)
    candidates.set(
      key,
      [...known.values()].filter(({ record }) => !record.withdrawn),
    );
  return candidates;
}

/** What decides which of two records with one id counts. */
export type Standing = Pick<OsvRecord, 'modified' | 'starter'>;

/** Whether a record takes the place of another one with its id. */
export function supersedes(record: Standing, other: Standing): boolean {
  if (record.starter !== other.starter) return other.starter === true;
  return compareTimes(record.modified, other.modified) >= 0;
}

/** The records that affect this version of a package: their ids are what advisory databases would tell. */
export function matchRecords(candidates: Candidates, key: AdvisoryKey, version: string): Candidate[] {
  const matched: Candidate[] = [];
  for (const { record, entries } of candidates.get(keyText(key)) ?? []) {
    const affecting = entries.filter((entry) => isAffected(entry, version));
    if (affecting.length > 0) matched.push({ record, entries: affecting });
  }
  return matched;
}

/** Negative, 0 or positive. Fractions of a second and offsets are why texts are not compared as they are. */
export function compareTimes(a: string, b: string): number {
  return a === b ? 0 : Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b));
}
