/** Charges the open days of some tenants, in one transaction and in so many statements for a thousand as for one. */
import { sql } from 'kysely';
import { chargeUsageOf, lockWallets, readParkings } from '../../billing/index.ts';
import type { SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { noteDebts } from './debt.ts';
import { guardDay } from './guard-day.ts';
import { openDays, type Days } from './open-days.ts';
import { priceDay } from './price-day.ts';
import { sampledHours } from './rules.ts';

/** Charges each day of these tenants that has an excess and was not charged, the oldest first. */
export async function chargeTenants(
  tx: SystemTransaction,
  tenants: readonly bigint[],
  days: Days,
  now: Temporal.Instant,
): Promise<void> {
  // Before looking what is open: another run may have charged it while this one waited.
  await lockWallets(tx, tenants);
  const parking = await readParkings(tx, tenants);
  const charged = tenants.filter((tenant) => !parking(tenant).parked);
  for (const [day, ofDay] of await openDays(tx, charged, days)) {
    await chargeDay(tx, Temporal.PlainDate.from(day), ofDay, now);
  }
}

async function chargeDay(
  tx: SystemTransaction,
  day: Temporal.PlainDate,
  tenants: readonly bigint[],
  now: Temporal.Instant,
): Promise<void> {
  const priced = await guardDay(tx, day, await priceDay(tx, day, tenants), now);
  if (priced.length === 0) return;
  const charged = await chargeUsageOf(tx, priced, now);
  const ofTenants = priced.map(({ tenant }) => tenant);
  await sql`
    insert into elastic_charges (tenant_id, day, hours, core_hours, cents, bill_id, charged_at)
    select tenant_id, ${day.toString()}::date, ${sampledHours(day, marketTimeZone).length}, core_hours, cents, bill_id, ${now}
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
