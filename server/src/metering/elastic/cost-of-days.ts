/** What days that are over cost a tenant. */
import { sql } from 'kysely';
import type { AppTransaction } from '../../platform/database/index.ts';
import { openDays, type Days } from './open-days.ts';
import { priceDay } from './price-day.ts';

/** In cents: what was charged for these days, and what waits for its charge. */
export async function costOfDays(
  tx: AppTransaction,
  tenant: bigint,
  days: Days,
): Promise<{ charged: bigint; waiting: bigint }> {
  const { rows } = await sql<{ cents: bigint }>`
    select coalesce(sum(cents), 0)::bigint as cents from elastic_charges
    where tenant_id = ${tenant} and day >= ${days.from.toString()}::date and day < ${days.before.toString()}::date`.execute(
    tx,
  );
  let waiting = 0n;
  for (const day of (await openDays(tx, [tenant], days)).keys()) {
    for (const { line } of await priceDay(tx, Temporal.PlainDate.from(day), [tenant])) waiting += line.cents;
  }
  return { charged: rows[0]?.cents ?? 0n, waiting };
}
