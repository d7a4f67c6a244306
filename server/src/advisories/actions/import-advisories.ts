import { z } from 'zod';
import { AdvisoryRefused, type Enrichment, parseOsvRecord, type OsvRecord, readEnrichment } from '@wharfinger/scanner';
import { operatorAction } from '../../platform/action.ts';
import { keepFlaws } from '../flaw-store.ts';
import { type ImportCounts, keepRecords, starterSource } from '../store.ts';

const fraction = z.number().min(0).max(1);

const flaw = z.strictObject({
  Cve: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
  /** It is used in attacks, as KEV tells; `Since` is a day, or empty. */
  Exploited: z.strictObject({ Since: z.string().regex(/^(?:\d{4}-\d\d-\d\d)?$/) }).optional(),
  /** How to use it is published. */
  ProofOfConcept: z.boolean().optional(),
  /** As EPSS tells. */
  Epss: z.strictObject({ Score: fraction, Percentile: fraction }).optional(),
  /** Vectors of those who judge it beside its advisories, as Vulnrichment. */
  Cvss: z.array(z.string().max(1024)).max(10).optional(),
});

const counts = z.object({ Added: z.int(), Updated: z.int(), Unchanged: z.int() });

export const importAdvisories = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ImportAdvisories',
  summary:
    'Keeps OSV records that are new or newer than those of the same id, and what is told of flaws: their use in attacks (KEV), its likelihood (EPSS), CVSS (Vulnrichment). What cannot be used is told.',
  request: z.strictObject({
    Source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small letters, digits, dot, dash and underscore, 64 at most')
      .refine((source) => source !== starterSource, 'the starter set comes with the service'),
    /** OSV records; the catalogue of KEV and judgements of Vulnrichment as they are published count too. */
    Records: z.array(z.unknown()).max(20_000).optional(),
    Flaws: z.array(flaw).max(20_000).optional(),
  }),
  response: counts.extend({
    Flaws: counts,
    /** `Index` counts the request's records from 0. */
    Refused: z.array(z.object({ Index: z.int(), Id: z.string(), Reason: z.string() })),
  }),
  async handle({ inSystem, request, now }) {
    const { records, told, refused } = parseRecords(request.Records ?? []);
    const flaws = [...told, ...(request.Flaws ?? []).map(toEnrichment)];
    const kept = await inSystem(async (tx) => ({
      records: await keepRecords(tx, records, request.Source, now),
      flaws: await keepFlaws(tx, flaws, request.Source, now),
    }));
    return { ...toWire(kept.records), Flaws: toWire(kept.flaws), Refused: refused };
  },
});

interface Refused {
  Index: number;
  Id: string;
  Reason: string;
}

function toWire({ added, updated, unchanged }: ImportCounts): z.input<typeof counts> {
  return { Added: added, Updated: updated, Unchanged: unchanged };
}

function toEnrichment({ Cve, Exploited, ProofOfConcept, Epss, Cvss }: z.output<typeof flaw>): Enrichment {
  return {
    cve: Cve,
    ...(Exploited === undefined ? {} : { exploited: { since: Exploited.Since } }),
    ...(ProofOfConcept ? { proofOfConcept: true } : {}),
    ...(Epss === undefined ? {} : { epss: { score: Epss.Score, percentile: Epss.Percentile } }),
    ...(Cvss === undefined ? {} : { cvss: Cvss }),
  };
}

function parseRecords(values: readonly unknown[]): { records: OsvRecord[]; told: Enrichment[]; refused: Refused[] } {
  const records: OsvRecord[] = [];
  const told: Enrichment[] = [];
  const refused: Refused[] = [];
  for (const [index, value] of values.entries()) {
    try {
      records.push(parseOsvRecord(value));
    } catch (error) {
      if (!(error instanceof AdvisoryRefused)) throw error;
      const ofFlaws = readEnrichment(value);
      if (ofFlaws) told.push(...ofFlaws);
      else refused.push({ Index: index, Id: error.id, Reason: error.message });
    }
  }
  return { records, told, refused };
}
