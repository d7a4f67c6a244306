/** SQL of what is known of flaws beyond the packages that have them. */
import { sql } from 'kysely';
import { type Enrichment, indexEnrichment } from '@wharfinger/scanner';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { growGeneration, type ImportCounts, noteSource } from './store.ts';

/**
 * Keeps what a source tells of flaws. It adds to what the same source has told before, and takes its place where it tells
 * something else: EPSS gives new scores each day. The generation grows when anything changed.
 */
export async function keepFlaws(
  tx: SystemTransaction,
  told: readonly Enrichment[],
  source: string,
  now: Temporal.Instant,
): Promise<ImportCounts> {
  await noteSource(tx, source, now);
  // In the order of their ids: two imports at once then wait for each other instead of getting stuck.
  const flaws = [...indexEnrichment(told).values()].sort((a, b) => (a.cve < b.cve ? -1 : 1));
  const { rows: kept } = await sql<{ added: boolean }>`
    insert into advisory_flaws as known
      (cve, source, exploited, exploited_since, proof_of_concept, epss_score, epss_percentile, cvss, imported_at)
    select cve, ${source}, exploited, since, proof, score, percentile, cvss, ${now}
    from jsonb_to_recordset(${JSON.stringify(flaws.map(toRow))}::jsonb)
      as told(cve text, exploited boolean, since text, proof boolean, score float8, percentile float8, cvss jsonb)
    on conflict (cve, source) do update set
      exploited = known.exploited or excluded.exploited,
      exploited_since = coalesce(nullif(excluded.exploited_since, ''), known.exploited_since),
      proof_of_concept = known.proof_of_concept or excluded.proof_of_concept,
      epss_score = coalesce(excluded.epss_score, known.epss_score),
      epss_percentile = coalesce(excluded.epss_percentile, known.epss_percentile),
      cvss = coalesce(excluded.cvss, known.cvss),
      imported_at = excluded.imported_at
    where excluded.exploited and not known.exploited
      or excluded.exploited_since not in ('', known.exploited_since)
      or excluded.proof_of_concept and not known.proof_of_concept
      or excluded.epss_score is not null
        and (excluded.epss_score, excluded.epss_percentile) is distinct from (known.epss_score, known.epss_percentile)
      or excluded.cvss is not null and excluded.cvss is distinct from known.cvss
    returning (xmax = 0) as added`.execute(tx);
  if (kept.length > 0) await growGeneration(tx);
  const added = kept.filter((row) => row.added).length;
  return { added, updated: kept.length - added, unchanged: flaws.length - kept.length };
}

function toRow({ cve, exploited, proofOfConcept, epss, cvss }: Enrichment) {
  return {
    cve,
    exploited: exploited !== undefined,
    since: exploited?.since ?? '',
    proof: proofOfConcept === true,
    ...(epss === undefined ? {} : epss),
    ...(cvss === undefined ? {} : { cvss }),
  };
}

/** What all sources tell of these flaws, the newest first. */
export async function findFlaws(
  tx: AppTransaction | SystemTransaction,
  cves: readonly string[],
): Promise<Enrichment[]> {
  const { rows } = await sql<{
    cve: string;
    exploited: boolean;
    exploited_since: string;
    proof_of_concept: boolean;
    epss_score: number | null;
    epss_percentile: number | null;
    cvss: string[] | null;
  }>`
    select cve, exploited, exploited_since, proof_of_concept, epss_score, epss_percentile, cvss from advisory_flaws
    where cve = any(${[...cves]}::text[]) order by imported_at desc, source`.execute(tx);
  return rows.map((row) => ({
    cve: row.cve,
    ...(row.exploited ? { exploited: { since: row.exploited_since } } : {}),
    ...(row.proof_of_concept ? { proofOfConcept: true } : {}),
    ...(row.epss_score === null || row.epss_percentile === null
      ? {}
      : { epss: { score: row.epss_score, percentile: row.epss_percentile } }),
    ...(row.cvss === null ? {} : { cvss: row.cvss }),
  }));
}
