import { advisoryKey, keyText, type AdvisoryKey } from '../matching/ecosystems.ts';
import { compareTimes, supersedes } from '../matching/match-records.ts';
import { type Enrichment, indexEnrichment } from './enrichment.ts';
import type { OsvRecord } from './osv-record.ts';

/** Advisories that can be asked for by package. */
export interface AdvisoryLookup {
  /**
   * The records that name any of these packages; keys are (ecosystem, normalised advisory name). A record may come more
   * than once, each time with the entries of one package only.
   */
  find(keys: readonly AdvisoryKey[]): Promise<OsvRecord[]>;
  /** What is known of these flaws beyond the packages that have them; one may come more than once. */
  enrich?(cves: readonly string[]): Promise<Enrichment[]>;
  /** `newest` is the last `modified` of all records, or empty. */
  summary(): Promise<{ records: number; newest: string }>;
}

/** Advisories held in memory. */
export function memoryAdvisories(records: Iterable<OsvRecord>, told: Iterable<Enrichment> = []): AdvisoryLookup {
  const enrichment = indexEnrichment(told);
  const byId = new Map<string, OsvRecord>();
  for (const record of records) {
    const other = byId.get(record.id);
    if (other === undefined || supersedes(record, other)) byId.set(record.id, record);
  }
  const byKey = new Map<string, OsvRecord[]>();
  let newest = '';
  for (const record of byId.values()) {
    if (newest === '' || compareTimes(record.modified, newest) > 0) newest = record.modified;
    for (const key of packageKeys(record)) {
      const known = byKey.get(key);
      if (known) known.push(record);
      else byKey.set(key, [record]);
    }
  }
  return {
    async find(keys) {
      return [...new Set(keys.flatMap((key) => byKey.get(keyText(key)) ?? []))];
    },
    async enrich(cves) {
      return cves.flatMap((cve) => enrichment.get(cve) ?? []);
    },
    async summary() {
      return { records: byId.size, newest };
    },
  };
}

/** Several lookups as one. Of records with one id, matching takes the newest. */
export function combineAdvisories(...lookups: readonly AdvisoryLookup[]): AdvisoryLookup {
  return {
    async find(keys) {
      const found: OsvRecord[] = [];
      for (const lookup of lookups) found.push(...(await lookup.find(keys)));
      return found;
    },
    async enrich(cves) {
      const told: Enrichment[] = [];
      for (const lookup of lookups) told.push(...((await lookup.enrich?.(cves)) ?? []));
      return told;
    },
    async summary() {
      let records = 0;
      let newest = '';
      for (const lookup of lookups) {
        const part = await lookup.summary();
        records += part.records;
        const isNewer = part.newest !== '' && (newest === '' || compareTimes(part.newest, newest) > 0);
        if (isNewer) newest = part.newest;
      }
      return { records, newest };
    },
  };
}

/** The packages that a record names, as keys in text form, each once. */
export function packageKeys(record: OsvRecord): Set<string> {
  return new Set(record.affected.map((entry) => keyText(advisoryKey(entry.ecosystem, entry.name))));
}
