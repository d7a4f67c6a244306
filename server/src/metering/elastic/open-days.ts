/** Days that have an excess and were not charged yet: what the run at 02:00 charges. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';

/** Days that were missed are made up for; a tenant whose charge fails is tried again every day so long. */
export const daysBack = 31;

/** Days of the market, from one on and before another. */
export interface Days {
  readonly from: Temporal.PlainDate;
  readonly before: Temporal.PlainDate;
}

/** The days that a run looks at: those before its own, as far as it goes back. */
export function daysOfRun(dueAt: Temporal.Instant): Days {
  const today = dueAt.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  return { from: today.subtract({ days: daysBack }), before: today };
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
