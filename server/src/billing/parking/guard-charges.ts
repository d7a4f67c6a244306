/** Holds what the service charges of its own accord within the bounds: an account that would go beyond one is parked. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announceAll, type Occasion } from '../../platform/events/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { readDeal } from '../move-deal.ts';
import { billingParked } from './events.ts';
import { beyondBounds, type DueCharge, type GuardRails } from './guard-rails.ts';
import { insertParks, readParkings, type Park, type Parking } from './park-store.ts';

/** A charge of one tenant that is about to be made. */
export interface GuardedCharge extends Omit<DueCharge, 'sameDayCents'> {
  readonly tenant: bigint;
}

/** What the bounds say of a charge: a park has a reason. */
export type Verdict =
  | { readonly may: true }
  | { readonly may: false; readonly reason: string; readonly parked: boolean };

/**
 * What the bounds say of charges, of one tenant each, that fall due at the same instant: none of a parked account may be
 * made, and none that is beyond a bound. Writes nothing.
 */
export async function judgeCharges(
  tx: AppTransaction | SystemTransaction,
  charges: readonly GuardedCharge[],
  { rails, dueAt }: { rails: GuardRails; dueAt: Temporal.Instant },
): Promise<Map<bigint, Verdict>> {
  const tenants = charges.map(({ tenant }) => tenant);
  const parking = await readParkings(tx, tenants);
  const renewed = await automaticOrders(tx, tenants, dueAt);
  return new Map(
    charges.map(({ tenant, ...charge }): [bigint, Verdict] => {
      if (parking(tenant).parked) return [tenant, { may: false, reason: 'its billing is parked', parked: true }];
      if (isCleared(parking(tenant), dueAt)) return [tenant, { may: true }];
      const reason = beyondBounds({ ...charge, sameDayCents: renewed(tenant) }, rails);
      return [tenant, reason === undefined ? { may: true } : { may: false, reason, parked: false }];
    }),
  );
}

/**
 * Which tenants' charges may be made, by {@link judgeCharges}; an account whose charge is beyond a bound is parked now.
 * The wallets are locked by this transaction.
 */
export async function guardCharges(
  tx: SystemTransaction,
  charges: readonly GuardedCharge[],
  { rails, dueAt, now }: { rails: GuardRails; dueAt: Temporal.Instant; now: Temporal.Instant },
): Promise<ReadonlySet<bigint>> {
  const verdicts = [...(await judgeCharges(tx, charges, { rails, dueAt }))];
  const parks = verdicts.flatMap(([tenant, verdict]): Park[] =>
    verdict.may || verdict.parked ? [] : [{ tenant, parkedAt: now, by: 'guard', reason: verdict.reason }],
  );
  if (parks.length > 0) {
    await insertParks(tx, parks);
    const happenings = parks.map(({ tenant, by, reason }) => ({
      tenant,
      payload: { by, reason, at: now.toString() },
    }));
    await announceAll(tx, billingParked, happenings, now);
  }
  return new Set(verdicts.filter(([, { may }]) => may).map(([tenant]) => tenant));
}

/** A bound was reached: what was about to be done is to be undone, and the account to be parked. */
export class BoundReached extends ActionError {
  readonly reason: string;
  constructor(reason: string) {
    super('FailedOperation.BillingParked', `the billing of this account is parked: ${reason}`);
    this.name = 'BoundReached';
    this.reason = reason;
  }
}

/**
 * Looks at an order that the service has just made and paid by itself. Throws {@link BoundReached} where that was beyond a
 * bound; the caller then undoes the order. `dueAt`: when it fell due.
 */
export async function guardAutomaticOrder(
  { tx, tenant, now }: Occasion,
  orderId: string,
  { rails, dueAt }: { rails: GuardRails; dueAt: Temporal.Instant },
): Promise<void> {
  if (isCleared((await readParkings(tx, [tenant]))(tenant), dueAt)) return;
  const deal = await readDeal(tx, tenant, orderId);
  const ofDay = (await automaticOrders(tx, [tenant], now))(tenant);
  const reason = beyondBounds(
    {
      what: `the automatic renewal of ${deal.instanceId}`,
      cents: deal.realCents,
      sameDayCents: ofDay - deal.realCents + (await usageChargedOn(tx, tenant, now)),
      unitPriceMicro: deal.lines[0]?.unitPriceMicro ?? 0n,
      lastUnitPriceMicro: await lastUnitPrice(tx, tenant, deal.instanceId, orderId),
    },
    rails,
  );
  if (reason !== undefined) throw new BoundReached(reason);
}

/** A person let charges go on after it had fallen due. */
function isCleared({ clearedUntil }: Parking, dueAt: Temporal.Instant): boolean {
  return clearedUntil !== undefined && Temporal.Instant.compare(dueAt, clearedUntil) <= 0;
}

/** What was ordered and paid by the service itself on the market day of an instant, in cents. */
async function automaticOrders(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
  at: Temporal.Instant,
): Promise<(tenant: bigint) => bigint> {
  const { from, until } = marketDay(at);
  const { rows } = await sql<{ tenant_id: bigint; cents: bigint }>`
    select tenant_id, sum(real_cents)::bigint as cents from deals
    where tenant_id = any(${tenants}::bigint[]) and created_at >= ${from} and created_at < ${until}
      and parameters->'Automatic' = 'true' and paid_at is not null
    group by tenant_id`.execute(tx);
  const cents = new Map(rows.map((row) => [row.tenant_id, row.cents]));
  return (tenant) => cents.get(tenant) ?? 0n;
}

/** What was charged for use on the market day of an instant, in cents. */
async function usageChargedOn(tx: AppTransaction, tenant: bigint, at: Temporal.Instant): Promise<bigint> {
  const { from, until } = marketDay(at);
  const { rows } = await sql<{ cents: bigint }>`
    select coalesce(sum(cents), 0)::bigint as cents
    from ledger_transactions join ledger_entries using (tenant_id, transaction_id)
    where tenant_id = ${tenant} and kind = 'charge' and booked_at >= ${from} and booked_at < ${until}
      and account like 'revenue/%'`.execute(tx);
  return rows[0]?.cents ?? 0n;
}

/** The unit price of the last order of an instance before this one. */
async function lastUnitPrice(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  orderId: string,
): Promise<bigint | undefined> {
  const { rows } = await sql<{ price: bigint | null }>`
    select (lines->0->>'unitPriceMicro')::bigint as price from deals
    where tenant_id = ${tenant} and instance_id = ${instanceId} and order_id <> ${orderId} and action <> 'refund'
      and paid_at is not null
    order by paid_at desc, place desc limit 1`.execute(tx);
  return rows[0]?.price ?? undefined;
}

function marketDay(at: Temporal.Instant): { from: Temporal.Instant; until: Temporal.Instant } {
  const day = at.toZonedDateTimeISO(marketTimeZone).startOfDay();
  return { from: day.toInstant(), until: day.add({ days: 1 }).toInstant() };
}
