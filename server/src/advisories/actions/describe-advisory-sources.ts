import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { advisoryGeneration, listSources } from '../store.ts';

export const describeAdvisorySources = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeAdvisorySources',
  summary: 'Lists where the advisories came from, how many stand, and how old they are.',
  request: z.strictObject({}),
  response: z.object({
    Generation: z.int(),
    List: z.array(
      z.object({
        Source: z.string(),
        Records: z.int(),
        /** Flaws that it tells something of: use in attacks, likelihood, CVSS. */
        Flaws: z.int(),
        NewestTime: z.string(),
        ImportedTime: z.string(),
        AgeSeconds: z.int(),
      }),
    ),
  }),
  handle({ inSystem, now }) {
    return inSystem(async (tx) => ({
      Generation: Number(await advisoryGeneration(tx)),
      List: (await listSources(tx)).map(({ source, records, flaws, newest, importedAt }) => ({
        Source: source,
        Records: records,
        Flaws: flaws,
        NewestTime: newest?.toString() ?? '',
        ImportedTime: importedAt.toString(),
        AgeSeconds: Math.max(0, Math.trunc(now.since(importedAt).total('seconds'))),
      })),
    }));
  },
});
