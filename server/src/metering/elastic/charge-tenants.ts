/** Charges the open days of some tenants, in one transaction and in so many statements for a thousand as for one. */
import { sql } from 'kysely';
import { chargeUsageOf, lockWallets, type PricedUsage } from '../../billing/index.ts';
import { currentCatalog, elasticPriceLine } from '../../catalog/index.ts';
import type { SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { readInstancePlaces } from '../../subscriptions/index.ts';
import { readSampledDays } from './sampled-days.ts';
import { noteDebts } from './debt.ts';
import { sampledHours } from './rules.ts';

/** Days of the market, from one on and before another. */
export interface Days {
  readonly from: Temporal.PlainDate;
  readonly before: Temporal.PlainDate;
}

/** Charges each day of these tenants that has an excess and was not charged, the oldest first. */
export async function chargeTenants(
  tx: SystemTransaction,
  tenants: readonly bigint[],
  days: Days,
  now: Temporal.Instant,
): Promise<void> {
  // Before looking what is open: another run may have charged it while this one waited.
  await lockWallets(tx, tenants);
  for (const [day, ofDay] of await openDays(tx, tenants, days)) {
    await chargeDay(tx, Temporal.PlainDate.from(day), ofDay, now);
  }
}

/** Which of the tenants have which day open; the oldest day first. */
async function openDays(
  tx: SystemTransaction,
  tenants: readonly bigint[],
  { from, before }: Days,
): Promise<Map<string, bigint[]>> {
  const { rows } = await sql<{ day: string; tenants: string[] }>`
    select day::text, array_agg(tenant_id order by tenant_id) as tenants from uncharged_days
    where tenant_id = any(${tenants}::bigint[]) and day >= ${from.toString()}::date and day < ${before.toString()}::date
    group by day order by day`.execute(tx);
  return new Map(rows.map((row) => [row.day, row.tenants.map(BigInt)]));
}

async function chargeDay(
  tx: SystemTransaction,
  day: Temporal.PlainDate,
  tenants: readonly bigint[],
  now: Temporal.Instant,
): Promise<void> {
  const hours = sampledHours(day, marketTimeZone).length;
  const priced = await priceDay(tx, day, BigInt(hours), tenants);
  const charged = await chargeUsageOf(tx, priced, now);
  const ofTenants = priced.map(({ tenant }) => tenant);
  await sql`
    insert into elastic_charges (tenant_id, day, hours, core_hours, cents, bill_id, charged_at)
    select tenant_id, ${day.toString()}::date, ${hours}, core_hours, cents, bill_id, ${now}
    from unnest(
      ${ofTenants}::bigint[],
      ${priced.map(({ line }) => line.quantity)}::bigint[],
      ${priced.map(({ line }) => line.cents)}::bigint[],
      ${charged.map(({ billId }) => billId)}::text[]
    ) as charged(tenant_id, core_hours, cents, bill_id)`.execute(tx);
  await sql`
    delete from uncharged_days where tenant_id = any(${ofTenants}::bigint[]) and day = ${day.toString()}::date`.execute(
    tx,
  );
  await noteDebts(
    tx,
    charged.filter(({ owed }) => owed > 0n),
    now,
  );
}

/** What a day of these tenants costs, from its samples. */
async function priceDay(
  tx: SystemTransaction,
  date: Temporal.PlainDate,
  hours: bigint,
  tenants: readonly bigint[],
): Promise<PricedUsage[]> {
  const [from, until] = [date, date.add({ days: 1 })].map((day) => day.toZonedDateTime(marketTimeZone).toInstant());
  if (!from || !until) throw new Error('a day has a beginning and an end');
  // The price was known before the day began.
  const catalog = await currentCatalog(tx, from);
  const sampled = await readSampledDays(tx, date, tenants);
  const place = await readInstancePlaces(tx, sampled);
  const text = date.toString();
  return sampled.map(({ tenant, instanceId, coreHours, samples }) => ({
    tenant,
    line: elasticPriceLine(catalog, { date, hours, coreHours }),
    charge: {
      idempotencyKey: `elastic-charge/${tenant}/${text}`,
      reference: `${text.replaceAll('-', '')}${tenant}`,
      instanceId,
      ...place(tenant, instanceId),
      from,
      until,
      samples,
    },
  }));
}
