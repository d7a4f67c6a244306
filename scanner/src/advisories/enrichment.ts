/**
 * What is known of a flaw beyond the packages that have it: whether it is used in attacks, how likely that is, how bad others judge it.
 * Read from CISA's catalogue of known exploited vulnerabilities (KEV), FIRST's scores (EPSS) and CISA's judgements (Vulnrichment).
 */
import { z } from 'zod';
import { parseShape } from '../parse-shape.ts';

export interface Enrichment {
  cve: string;
  /** `since` is a day, or empty where only the fact is told. */
  exploited?: { since: string };
  /** How to use it in attacks is published. */
  proofOfConcept?: true;
  epss?: { score: number; percentile: number };
  /** CVSS vectors. */
  cvss?: string[];
}

const cve = z.string().regex(/^CVE-\d{4}-\d{4,19}$/);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const vector = z.object({ vector: z.string().max(1024) }).nullish();

const kevHead = z.object({ vulnerabilities: z.array(z.unknown()), catalogVersion: z.string() });
const kevEntry = z.object({ cveID: cve, dateAdded: day });
const judgement = z.object({
  cve,
  cvss31: vector,
  cvss40: vector,
  ssvc: z.object({ exploitation: z.string().nullish() }).nullish(),
  kev: z.boolean().nullish(),
});

/** Undefined where the value is neither a catalogue nor a judgement; of a catalogue each entry that can be used. */
export function readEnrichment(value: unknown): Enrichment[] | undefined {
  const catalogue = parseShape(kevHead, value).data;
  if (catalogue !== undefined) {
    return catalogue.vulnerabilities.flatMap((entry) => {
      const read = parseShape(kevEntry, entry).data;
      return read === undefined ? [] : { cve: read.cveID, exploited: { since: read.dateAdded } };
    });
  }
  const read = parseShape(judgement, value).data;
  if (read === undefined) return undefined;
  const { cvss31, cvss40, ssvc, kev } = read;
  const exploitation = ssvc?.exploitation?.toLowerCase();
  const vectors = [cvss40, cvss31].flatMap((one) => one?.vector ?? []);
  return [
    {
      cve: read.cve,
      ...(kev || exploitation === 'active' ? { exploited: { since: '' } } : {}),
      ...(exploitation === 'poc' ? { proofOfConcept: true } : {}),
      ...(vectors.length === 0 ? {} : { cvss: vectors }),
    },
  ];
}

const epssLine = /^(CVE-\d{4}-\d{4,19}),([01](?:\.\d{1,20})?),([01](?:\.\d{1,20})?)\s*$/;

/** A line of `epss_scores-….csv`: empty for its comment and its header, undefined for what is no such line. */
export function readEpssLine(line: string): Enrichment[] | undefined {
  const [, id, score, percentile] = epssLine.exec(line) ?? [];
  if (id === undefined) return /^(?:\uFEFF?#|cve,epss,percentile\s*$)/.test(line) ? [] : undefined;
  const epss = { score: Number(score), percentile: Number(percentile) };
  return epss.score <= 1 && epss.percentile <= 1 ? [{ cve: id, epss }] : undefined;
}

/** What two sources tell of one flaw, together: the first known day, of scores and vectors the earlier source's. */
export function joinEnrichment(one: Enrichment, other: Enrichment): Enrichment {
  const days = [one.exploited, other.exploited].flatMap((exploited) => exploited?.since || []).toSorted();
  const exploited = one.exploited ?? other.exploited;
  const epss = one.epss ?? other.epss;
  const cvss = one.cvss ?? other.cvss;
  const proofOfConcept = one.proofOfConcept ?? other.proofOfConcept;
  return {
    cve: one.cve,
    ...(exploited === undefined ? {} : { exploited: { since: days[0] ?? '' } }),
    ...(proofOfConcept === undefined ? {} : { proofOfConcept }),
    ...(epss === undefined ? {} : { epss }),
    ...(cvss === undefined ? {} : { cvss }),
  };
}

/** By CVE. */
export function indexEnrichment(told: Iterable<Enrichment>): Map<string, Enrichment> {
  const byCve = new Map<string, Enrichment>();
  for (const one of told) {
    const known = byCve.get(one.cve);
    byCve.set(one.cve, known === undefined ? one : joinEnrichment(known, one));
  }
  return byCve;
}
