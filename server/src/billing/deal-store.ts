/** SQL of the orders' table. */
import { randomInt } from 'node:crypto';
import type { Generated, Selectable } from 'kysely';
import { z } from 'zod';
import { products, readPriceLines, totalCents, writePriceLines } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { marketTimeZone } from '../platform/platform.ts';
import { dealActions, dealStatus, type Deal, type DealStatus, type Json, type NewDeal } from './deal.ts';

type DealTables = {
  deals: {
    tenant_id: bigint;
    order_id: string;
    place: Generated<bigint>;
    big_deal_id: string;
    action: string;
    product: string;
    instance_id: string;
    region_code: string;
    zone_code: string;
    parameters: unknown;
    lines: unknown;
    original_cents: bigint;
    real_cents: bigint;
    creator: bigint;
    client_token: string | null;
    created_at: Temporal.Instant;
    expires_at: Temporal.Instant;
    status: number;
    voucher_cents: Generated<bigint>;
    refunded_cents: Generated<bigint | null>;
    paid_at: Temporal.Instant | null;
    service_from: Temporal.Instant | null;
    service_until: Temporal.Instant | null;
  };
};

const jsonColumn: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(jsonColumn), z.record(z.string(), jsonColumn)]),
);
const parametersColumn = z.record(z.string(), jsonColumn);
const actionColumn = z.enum(dealActions);
const productColumn = z.enum(products);
const statusColumn = z.literal(Object.values(dealStatus));

/** Keeps a new order, unpaid unless it begins elsewhere. */
export async function insertDeal(
  tx: AppTransaction,
  tenant: bigint,
  deal: NewDeal & { createdAt: Temporal.Instant; expiresAt: Temporal.Instant },
  status: DealStatus = dealStatus.unpaid,
): Promise<Deal> {
  const { original, real } = totalCents(deal.lines);
  for (;;) {
    const row = await tx
      .withTables<DealTables>()
      .insertInto('deals')
      .values({
        tenant_id: tenant,
        order_id: newOrderId(deal.createdAt),
        big_deal_id: newOrderId(deal.createdAt),
        action: deal.action,
        product: deal.product,
        instance_id: deal.instanceId,
        region_code: deal.regionCode,
        zone_code: deal.zoneCode,
        parameters: JSON.stringify(deal.parameters),
        lines: writePriceLines(deal.lines),
        original_cents: original,
        real_cents: real,
        creator: deal.creator,
        client_token: deal.clientToken ?? null,
        created_at: deal.createdAt,
        expires_at: deal.expiresAt,
        status,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'order_id']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row) return toDeal(row); // else the number was taken
  }
}

/** The order with this number. */
export async function selectDeal(tx: AppTransaction, tenant: bigint, orderId: string): Promise<Deal | undefined> {
  const row = await deals(tx, tenant).selectAll().where('order_id', '=', orderId).executeTakeFirst();
  return row && toDeal(row);
}

/** The order that was placed with this client token. */
export async function selectDealByToken(tx: AppTransaction, tenant: bigint, token: string): Promise<Deal | undefined> {
  const row = await deals(tx, tenant).selectAll().where('client_token', '=', token).executeTakeFirst();
  return row && toDeal(row);
}

/** The orders that are paid together under these numbers. */
export async function selectBigDeals(tx: AppTransaction, tenant: bigint, ids: readonly string[]): Promise<Deal[]> {
  const rows = await deals(tx, tenant)
    .selectAll()
    .where('big_deal_id', 'in', [...ids, ''])
    .orderBy('order_id')
    .execute();
  return rows.map(toDeal);
}

/** Moves an order on and gives it as it stands then. Throws when it does not stand at `from`: the wallet's lock was not held. */
export async function updateStatus(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  from: DealStatus,
  change: { status: DealStatus; voucherCents?: bigint; refundedCents?: bigint; paidAt?: Temporal.Instant },
): Promise<Deal> {
  const row = await tx
    .withTables<DealTables>()
    .updateTable('deals')
    .set({
      status: change.status,
      ...(change.voucherCents !== undefined && { voucher_cents: change.voucherCents }),
      ...(change.refundedCents !== undefined && { refunded_cents: change.refundedCents }),
      ...(change.paidAt && { paid_at: change.paidAt }),
    })
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .where('status', '=', from)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new Error(`the order ${orderId} does not stand at ${from}`);
  return toDeal(row);
}

/** Keeps from when until when what was ordered serves. */
export async function updateService(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<void> {
  await tx
    .withTables<DealTables>()
    .updateTable('deals')
    .set({ service_from: from, service_until: until })
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .execute();
}

export interface DealFilters {
  from: Temporal.Instant;
  until: Temporal.Instant;
  statuses: readonly number[];
  orderId?: string | undefined;
  bigDealId?: string | undefined;
  instanceId?: string | undefined;
}

/** The orders made in `[from, until]` in one of the statuses, newest first, a page of them, and how many there are. */
export async function listDeals(
  tx: AppTransaction,
  tenant: bigint,
  filters: DealFilters,
  page: { offset: number; limit: number },
): Promise<{ deals: Deal[]; total: number }> {
  const matching = deals(tx, tenant)
    .where('created_at', '>=', filters.from)
    .where('created_at', '<=', filters.until)
    .where('status', 'in', [...filters.statuses, 0])
    .$if(filters.orderId !== undefined, (query) => query.where('order_id', '=', filters.orderId ?? ''))
    .$if(filters.bigDealId !== undefined, (query) => query.where('big_deal_id', '=', filters.bigDealId ?? ''))
    .$if(filters.instanceId !== undefined, (query) => query.where('instance_id', '=', filters.instanceId ?? ''));
  const { total } = await matching.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await matching
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('place', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { deals: rows.map(toDeal), total: Number(total) };
}

function deals(tx: AppTransaction, tenant: bigint) {
  return tx.withTables<DealTables>().selectFrom('deals').where('tenant_id', '=', tenant);
}

/** The market day, then chance: tells nobody how many orders others make. */
function newOrderId(now: Temporal.Instant): string {
  const day = now.toZonedDateTimeISO(marketTimeZone).toPlainDate().toString().replaceAll('-', '');
  return `${day}${String(randomInt(1_000_000_000_000 - 1)).padStart(12, '0')}`;
}

function toDeal(row: Selectable<DealTables['deals']>): Deal {
  return {
    orderId: row.order_id,
    bigDealId: row.big_deal_id,
    action: actionColumn.parse(row.action),
    product: productColumn.parse(row.product),
    instanceId: row.instance_id,
    regionCode: row.region_code,
    zoneCode: row.zone_code,
    parameters: parametersColumn.parse(row.parameters),
    lines: readPriceLines(row.lines),
    originalCents: row.original_cents,
    realCents: row.real_cents,
    voucherCents: row.voucher_cents,
    creator: row.creator,
    clientToken: row.client_token ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    status: statusColumn.parse(row.status),
    paidAt: row.paid_at ?? undefined,
    service: row.service_from && row.service_until ? { from: row.service_from, until: row.service_until } : undefined,
  };
}
