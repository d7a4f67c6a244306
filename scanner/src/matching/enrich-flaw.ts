import type { Enrichment } from '../advisories/enrichment.ts';
import type { Flaw } from './merge-flaws.ts';
import { judgeVectors } from './severity.ts';

/** The flaw with what is known of it from elsewhere. What its advisories judge stands: only what they leave open is taken. */
export function enrichFlaw(flaw: Flaw, enrichment: Enrichment | undefined): Flaw {
  if (enrichment === undefined) return flaw;
  const { exploited, proofOfConcept, epss, cvss = [] } = enrichment;
  const judged = flaw.cvss === undefined ? judgeVectors(cvss) : undefined;
  return {
    ...flaw,
    ...(judged === undefined ? {} : { cvss: judged.cvss }),
    ...(judged !== undefined && flaw.severity === 'unknown' ? { severity: judged.severity } : {}),
    ...(exploited === undefined ? {} : { exploited }),
    ...(proofOfConcept === undefined ? {} : { proofOfConcept }),
    ...(epss === undefined ? {} : { epss }),
  };
}
