import { z } from 'zod';
import { AdvisoryRefused, parseOsvRecord, type OsvRecord } from '@wharfinger/scanner';
import { operatorAction } from '../../platform/action.ts';
import { keepRecords, starterSource } from '../store.ts';

export const importAdvisories = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ImportAdvisories',
  summary: 'Keeps OSV records that are new or newer than those of the same id; what cannot be used is told.',
  request: z.strictObject({
    Source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small letters, digits, dot, dash and underscore, 64 at most')
      .refine((source) => source !== starterSource, 'the starter set comes with the service'),
    Records: z.array(z.unknown()).min(1).max(20_000),
  }),
  response: z.object({
    Added: z.int(),
    Updated: z.int(),
    Unchanged: z.int(),
    /** `Index` counts the request's records from 0. */
    Refused: z.array(z.object({ Index: z.int(), Id: z.string(), Reason: z.string() })),
  }),
  async handle({ inSystem, request, now }) {
    const { records, refused } = parseRecords(request.Records);
    const counts = await inSystem((tx) => keepRecords(tx, records, request.Source, now));
    return {
      Added: counts.added,
      Updated: counts.updated,
      Unchanged: counts.unchanged,
      Refused: refused,
    };
  },
});

interface Refused {
  Index: number;
  Id: string;
  Reason: string;
}

function parseRecords(values: readonly unknown[]): { records: OsvRecord[]; refused: Refused[] } {
  const records: OsvRecord[] = [];
  const refused: Refused[] = [];
  for (const [index, value] of values.entries()) {
    try {
      records.push(parseOsvRecord(value));
    } catch (error) {
      if (!(error instanceof AdvisoryRefused)) throw error;
      refused.push({ Index: index, Id: error.id, Reason: error.message });
    }
  }
  return { records, refused };
}
