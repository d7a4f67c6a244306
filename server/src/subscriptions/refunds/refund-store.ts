/** SQL of refunds: what was paid for, what went back of it, and what was asked. */
import { readDeal, readLinePayments } from '../../billing/index.ts';
import type { Generated, GeneratedAlways } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { requireNoDeletion } from '../ends/deletion/while-deleting.ts';
import type { CoreObservation } from './surplus.ts';
import type { PaidGrant, RefundPart } from './refund-amount.ts';

export type RefundGround = 'no-reason' | 'surplus' | 'use' | 'capacity';

type RefundTables = {
  subscription_grants: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    instance_id: string;
    order_id: string;
    quantity: bigint;
    anchor: Temporal.Instant;
    starts_at: Temporal.Instant;
    ends_at: Temporal.Instant;
    replaces: bigint | null;
    refunded_at: Temporal.Instant | null;
  };
  refund_requests: {
    tenant_id: bigint;
    order_id: string;
    instance_id: string;
    quantity: bigint | null;
    ground: RefundGround;
    reason: string;
    asked_at: Temporal.Instant;
    newest_grant: bigint;
    decided_at: Temporal.Instant | null;
    note: string;
    also_answered: Generated<string[]>;
  };
  refund_parts: {
    tenant_id: bigint;
    order_id: string;
    grant_id: bigint;
    worth_cents: bigint;
    voucher_cents: bigint;
    credit_cents: bigint;
    cash_cents: bigint;
  };
  environment_cores: { tenant_id: bigint; observed_at: Temporal.Instant; cores: bigint };
  pack_uses: { tenant_id: bigint; grant_id: bigint; period_from: Temporal.Instant; used_tenths: bigint };
};

/** What was paid for of an instance and has not ended by `now`, oldest first. */
export async function readPaidGrants(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  now: Temporal.Instant,
): Promise<PaidGrant[]> {
  const tables = tx.withTables<RefundTables>();
  const rows = await tables
    .selectFrom('subscription_grants')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('instance_id', '=', instanceId)
    .orderBy('id')
    .execute();
  const parts = await tables
    .selectFrom('refund_parts')
    .select(['grant_id', 'worth_cents'])
    .where('tenant_id', '=', tenant)
    .execute();
  const paidFor = Map.groupBy(
    rows.filter(({ replaces }) => replaces === null),
    ({ order_id }) => order_id,
  );
  const grants: PaidGrant[] = [];
  for (const row of rows) {
    if (row.refunded_at !== null || Temporal.Instant.compare(row.ends_at, now) <= 0) continue;
    const id = row.replaces ?? row.id;
    // An order has a line for each of its grants, in their order.
    const index = paidFor.get(row.order_id)?.findIndex((other) => other.id === id) ?? -1;
    const line = (await readDeal(tx, tenant, row.order_id)).lines[index];
    const paid = (await readLinePayments(tx, tenant, row.order_id))[index];
    if (!line || !paid) throw new Error(`the order ${row.order_id} has no line that paid for the grant ${id}`);
    const refundedCents = parts
      .filter(({ grant_id }) => grant_id === id)
      .reduce((sum, { worth_cents }) => sum + worth_cents, 0n);
    grants.push({
      id,
      rowId: row.id,
      orderId: row.order_id,
      quantity: row.quantity,
      anchor: row.anchor,
      from: row.starts_at,
      until: row.ends_at,
      line,
      paid,
      refundedCents,
    });
  }
  return grants;
}

/** Takes a quantity out of a grant from `now` on: its row ends, and others say what was there and what stays. */
export async function cutGrant(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  { grant, quantity }: { grant: PaidGrant; quantity: bigint },
  now: Temporal.Instant,
): Promise<void> {
  const tables = tx.withTables<RefundTables>();
  await tables
    .updateTable('subscription_grants')
    .set({ refunded_at: now })
    .where('tenant_id', '=', tenant)
    .where('id', '=', grant.rowId)
    .execute();
  const { from, until } = grant;
  const begun = Temporal.Instant.compare(from, now) < 0;
  const rest = { quantity: grant.quantity - quantity, from: begun ? now : from, until };
  const pieces = [
    ...(begun ? [{ quantity: grant.quantity, from, until: now }] : []),
    ...(rest.quantity > 0n ? [rest] : []),
  ];
  if (pieces.length === 0) return;
  await tables
    .insertInto('subscription_grants')
    .values(
      pieces.map((piece) => ({
        tenant_id: tenant,
        instance_id: instanceId,
        order_id: grant.orderId,
        quantity: piece.quantity,
        anchor: grant.anchor,
        starts_at: piece.from,
        ends_at: piece.until,
        replaces: grant.id,
        refunded_at: null,
      })),
    )
    .execute();
}

/** Keeps what went back of each grant, for good. */
export async function insertParts(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  parts: readonly RefundPart[],
): Promise<void> {
  if (parts.length === 0) return;
  await tx
    .withTables<RefundTables>()
    .insertInto('refund_parts')
    .values(
      parts.map(({ grant, worthCents, back }) => ({
        tenant_id: tenant,
        order_id: orderId,
        grant_id: grant.id,
        worth_cents: worthCents,
        voucher_cents: back.voucher,
        credit_cents: back.credit,
        cash_cents: back.cash,
      })),
    )
    .execute();
}

/** What was asked back. */
export interface RefundRequest {
  readonly tenant: bigint;
  readonly orderId: string;
  readonly instanceId: string;
  /** Cores or gigabytes; undefined asks for the whole instance. */
  readonly quantity: bigint | undefined;
  readonly ground: RefundGround;
  readonly reason: string;
  readonly askedAt: Temporal.Instant;
  readonly newestGrant: bigint;
  readonly decidedAt: Temporal.Instant | undefined;
  readonly note: string;
}

export async function insertRequest(
  tx: AppTransaction,
  { tenant, quantity, ...request }: Omit<RefundRequest, 'decidedAt' | 'note'>,
): Promise<void> {
  await tx
    .withTables<RefundTables>()
    .insertInto('refund_requests')
    .values({
      tenant_id: tenant,
      order_id: request.orderId,
      instance_id: request.instanceId,
      quantity: quantity ?? null,
      ground: request.ground,
      reason: request.reason,
      asked_at: request.askedAt,
      newest_grant: request.newestGrant,
      decided_at: null,
      note: '',
    })
    .execute();
}

export async function markDecided(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  note: string,
  now: Temporal.Instant,
): Promise<void> {
  await tx
    .withTables<RefundTables>()
    .updateTable('refund_requests')
    .set({ decided_at: now, note })
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .execute();
}

/** Keeps what else the call that asked is answered with. */
export async function keepAnswer(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  alsoAnswered: readonly string[],
): Promise<void> {
  await tx
    .withTables<RefundTables>()
    .updateTable('refund_requests')
    .set({ also_answered: [...alsoAnswered] })
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .execute();
}

/** The orders that the call which asked was answered with. */
export async function readAnswer(tx: AppTransaction, tenant: bigint, orderId: string): Promise<string[]> {
  const row = await tx
    .withTables<RefundTables>()
    .selectFrom('refund_requests')
    .select('also_answered')
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return [orderId, ...(row?.also_answered ?? [])];
}

/** The requests of all tenants, or of one, newest first. */
export async function listRequests(
  tx: AppTransaction | SystemTransaction,
  {
    tenant,
    instanceId,
    waiting,
    limit,
  }: { tenant?: bigint | undefined; instanceId?: string; waiting: boolean; limit: number },
): Promise<RefundRequest[]> {
  const rows = await tx
    .withTables<RefundTables>()
    .selectFrom('refund_requests')
    .selectAll()
    .$if(tenant !== undefined, (query) => query.where('tenant_id', '=', tenant ?? 0n))
    .$if(instanceId !== undefined, (query) => query.where('instance_id', '=', instanceId ?? ''))
    .$if(waiting, (query) => query.where('decided_at', 'is', null))
    .orderBy('asked_at', 'desc')
    .orderBy('order_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant_id,
    orderId: row.order_id,
    instanceId: row.instance_id,
    quantity: row.quantity ?? undefined,
    ground: row.ground,
    reason: row.reason,
    askedAt: row.asked_at,
    newestGrant: row.newest_grant,
    decidedAt: row.decided_at ?? undefined,
    note: row.note,
  }));
}

/**
 * Keeps how many cores the tenant's environment has from an instant on; told by who observes it, when it changes. Throws
 * `FailedOperation.DeletionRunning` while those of an edition that has ended are deleted.
 */
export async function recordEnvironmentCores(
  tx: AppTransaction,
  tenant: bigint,
  { at, cores }: CoreObservation,
): Promise<void> {
  await requireNoDeletion(tx, tenant);
  await tx
    .withTables<RefundTables>()
    .insertInto('environment_cores')
    .values({ tenant_id: tenant, observed_at: at, cores })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'observed_at']).doUpdateSet({ cores }))
    .execute();
}

/** All observations until `now`, oldest first. */
export async function readEnvironmentCores(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<CoreObservation[]> {
  const rows = await tx
    .withTables<RefundTables>()
    .selectFrom('environment_cores')
    .select(['observed_at', 'cores'])
    .where('tenant_id', '=', tenant)
    .where('observed_at', '<=', now)
    .orderBy('observed_at')
    .execute();
  return rows.map(({ observed_at, cores }) => ({ at: observed_at, cores }));
}

/** Keeps what a pack has given in one of its periods; told when `subscriptions.pack-uses-asked` asks. */
export async function recordPackUse(
  tx: AppTransaction,
  tenant: bigint,
  { pack, periodFrom, usedTenths }: { pack: bigint; periodFrom: Temporal.Instant; usedTenths: bigint },
): Promise<void> {
  await tx
    .withTables<RefundTables>()
    .insertInto('pack_uses')
    .values({ tenant_id: tenant, grant_id: pack, period_from: periodFrom, used_tenths: usedTenths })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'grant_id', 'period_from']).doUpdateSet({ used_tenths: usedTenths }),
    )
    .execute();
}

/** What each pack has given in each of its periods, as far as it was told. */
export async function readPackUses(
  tx: AppTransaction,
  tenant: bigint,
): Promise<(grant: PaidGrant, periodFrom: Temporal.Instant) => bigint> {
  const rows = await tx
    .withTables<RefundTables>()
    .selectFrom('pack_uses')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .execute();
  return (grant, periodFrom) =>
    rows.find((row) => row.grant_id === grant.rowId && row.period_from.equals(periodFrom))?.used_tenths ?? 0n;
}
