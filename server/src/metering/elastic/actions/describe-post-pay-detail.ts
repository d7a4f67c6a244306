import { sql } from 'kysely';
import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { marketTimeZone } from '../../../platform/platform.ts';
import { pageFields } from '../../../platform/wire-lists.ts';
import { toWireTime, wireTime, wireUint64 } from '../../../platform/wire-types.ts';

/** The day's average is rounded up here, where the wire has whole numbers; the bill has it exact. */
export const describePostPayDetail = action({
  api: 'tcss/2020-11-01',
  name: 'DescribePostPayDetail',
  summary: 'The daily charges of elastic cores, newest first.',
  request: z.strictObject(pageFields),
  response: z.object({ SoftQuotaDayDetail: z.array(z.object({ PayTime: wireTime, CoresCnt: wireUint64 })) }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request }) {
    const { rows } = await sql<{ charged_at: Temporal.Instant; cores: bigint }>`
      select charged_at, (core_hours + hours - 1) / hours as cores from elastic_charges
      where tenant_id = ${tenant} order by day desc limit ${request.Limit} offset ${request.Offset}`.execute(tx);
    return {
      SoftQuotaDayDetail: rows.map((row) => ({
        PayTime: toWireTime(row.charged_at, marketTimeZone),
        CoresCnt: row.cores,
      })),
    };
  },
});
