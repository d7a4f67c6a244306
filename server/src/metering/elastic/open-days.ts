/** Days that have an excess and were not charged yet: what the run at 02:00 charges. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';

/** Before the first sample: no open day is too old, since an account may have been parked for long. */
const firstDay = Temporal.PlainDate.from('1970-01-01');

/** Days of the market, from one on and before another. */
export interface Days {
  readonly from: Temporal.PlainDate;
  readonly before: Temporal.PlainDate;
}

/** The days that a run looks at: all that are open before its own. */
export function daysOfRun(dueAt: Temporal.Instant): Days {
  const today = dueAt.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  return { from: firstDay, before: today };
}

/** Which of the tenants have which day open; the oldest day first. */
export async function openDays(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
  { from, before }: Days,
): Promise<Map<string, bigint[]>> {
  const { rows } = await sql<{ day: string; tenants: string[] }>`
    select day::text, array_agg(tenant_id order by tenant_id) as tenants from uncharged_days
    where tenant_id = any(${tenants}::bigint[]) and day >= ${from.toString()}::date and day < ${before.toString()}::date
    group by day order by day`.execute(tx);
  return new Map(rows.map((row) => [row.day, row.tenants.map(BigInt)]));
}
