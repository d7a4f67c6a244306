import { z } from 'zod';
import { operatorAction } from '../../../platform/action.ts';
import { listParks } from '../park-store.ts';

/** `ParkedBy` is `operator`, or `guard` where a bound was reached. */
export const describeParkedAccounts = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeParkedAccounts',
  summary: 'Accounts to which nothing is charged, and why; those that have waited longest first.',
  request: z.strictObject({
    Offset: z.int().min(0).default(0),
    Limit: z.int().min(1).max(1000).default(100),
  }),
  response: z.object({
    TotalCount: z.int(),
    List: z.array(
      z.object({
        Uin: z.string(),
        ParkedTime: z.string(),
        ParkedBy: z.enum(['operator', 'guard']),
        Reason: z.string(),
      }),
    ),
  }),
  async handle({ inSystem, request: { Offset: offset, Limit: limit } }) {
    const { parks, total } = await inSystem((tx) => listParks(tx, { offset, limit }));
    return {
      TotalCount: total,
      List: parks.map(({ tenant, parkedAt, by, reason }) => ({
        Uin: String(tenant),
        ParkedTime: parkedAt.toString(),
        ParkedBy: by,
        Reason: reason,
      })),
    };
  },
});
