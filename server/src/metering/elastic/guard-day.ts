/** What is left out of the run at 02:00: parked accounts, and those whose charge would go beyond a guard rail. */
import { sql } from 'kysely';
import { guardCharges, judgeCharges, type GuardedCharge, type PricedUsage, type Verdict } from '../../billing/index.ts';
import { currentCatalog } from '../../catalog/index.ts';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { chargeInstant } from './rules.ts';

/** Those that may be charged for this day now. The day of the others stays open, until their account is unparked. */
export async function guardDay(
  tx: SystemTransaction,
  day: Temporal.PlainDate,
  priced: readonly PricedUsage[],
  now: Temporal.Instant,
): Promise<PricedUsage[]> {
  const may = await guardCharges(tx, await toCharges(tx, day, priced), { ...(await boundsOf(tx, day, now)), now });
  return priced.filter(({ tenant }) => may.has(tenant));
}

/** What {@link guardDay} would say of this day at `now`; writes nothing. */
export async function judgeDay(
  tx: AppTransaction,
  day: Temporal.PlainDate,
  priced: readonly PricedUsage[],
  now: Temporal.Instant,
): Promise<Map<bigint, Verdict>> {
  return judgeCharges(tx, await toCharges(tx, day, priced), await boundsOf(tx, day, now));
}

async function boundsOf(tx: AppTransaction | SystemTransaction, day: Temporal.PlainDate, now: Temporal.Instant) {
  const { guardRails: rails } = await currentCatalog(tx, now);
  return { rails, dueAt: chargeInstant(day, marketTimeZone) };
}

async function toCharges(
  tx: AppTransaction | SystemTransaction,
  day: Temporal.PlainDate,
  priced: readonly PricedUsage[],
): Promise<GuardedCharge[]> {
  const lastUnitPrice = await lastUnitPrices(
    tx,
    day,
    priced.map(({ tenant }) => tenant),
  );
  return priced.map(({ tenant, line }) => ({
    tenant,
    what: `elastic cores of ${day.toString()}`,
    cents: line.cents,
    unitPriceMicro: line.unitPriceMicro,
    lastUnitPriceMicro: lastUnitPrice(tenant),
  }));
}

/** The unit price of the last day before this one that each tenant was charged for: that of the catalogue then. */
async function lastUnitPrices(
  tx: AppTransaction | SystemTransaction,
  day: Temporal.PlainDate,
  tenants: readonly bigint[],
): Promise<(tenant: bigint) => bigint | undefined> {
  const { rows } = await sql<{ tenant_id: bigint; day: string }>`
    select t.tenant_id, c.day::text as day from unnest(${tenants}::bigint[]) as t(tenant_id)
    cross join lateral (
      select day from elastic_charges where tenant_id = t.tenant_id and day < ${day.toString()}::date
      order by day desc limit 1
    ) c`.execute(tx);
  const lastDay = new Map(rows.map((row) => [row.tenant_id, row.day]));
  const prices = new Map<string, bigint>();
  for (const text of new Set(lastDay.values())) {
    const began = Temporal.PlainDate.from(text).toZonedDateTime(marketTimeZone).toInstant();
    prices.set(text, BigInt((await currentCatalog(tx, began)).elasticCores.unitPriceMicro));
  }
  return (tenant) => prices.get(lastDay.get(tenant) ?? '');
}
