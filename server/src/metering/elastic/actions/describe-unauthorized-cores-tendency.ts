import { sql } from 'kysely';
import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { marketTimeZone } from '../../../platform/platform.ts';
import { toWireTime, wireInt64, wireTime } from '../../../platform/wire-types.ts';

export const describeUnauthorizedCoresTendency = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeUnauthorizedCoresTendency',
  summary: 'Counted cores beyond the licence, at each hour of today that was sampled.',
  request: z.strictObject({}),
  response: z.object({ List: z.array(z.object({ DateTime: wireTime, CoresCount: wireInt64 })) }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const today = now.toZonedDateTimeISO(marketTimeZone).toPlainDate().toString();
    const { rows } = await sql<{ hour: Temporal.Instant; beyond: bigint }>`
      select hour, greatest(counted_cores - licensed_cores, 0) as beyond from elastic_samples
      where tenant_id = ${tenant} and day = ${today}::date order by hour`.execute(tx);
    return {
      List: rows.map((row) => ({ DateTime: toWireTime(row.hour, marketTimeZone), CoresCount: row.beyond })),
    };
  },
});
