/** SQL of the bills' table. Bills are written once. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { actionTypes } from './action-types.ts';
import { paidBy, payModeOf, readBill, signOf, writeBill, type Bill } from './bill.ts';

type BillTables = {
  bills: {
    tenant_id: bigint;
    bill_id: string;
    order_id: string;
    month: string;
    billed_at: Temporal.Instant;
    pay_mode: string;
    action_type: string;
    instance_id: string;
    region_code: string;
    original_cents: bigint;
    real_cents: bigint;
    cash_cents: bigint;
    credit_cents: bigint;
    voucher_cents: bigint;
    document: string;
  };
};

export async function insertBill(tx: AppTransaction, tenant: bigint, bill: Bill): Promise<void> {
  const paid = paidBy(bill);
  // What a credit note gives back counts against what was charged.
  const sign = signOf(bill);
  await tx
    .withTables<BillTables>()
    .insertInto('bills')
    .values({
      tenant_id: tenant,
      bill_id: bill.billId,
      order_id: bill.orderId,
      month: bill.month,
      billed_at: bill.billedAt,
      pay_mode: payModeOf(bill),
      action_type: actionTypes[bill.action].code,
      instance_id: bill.instanceId,
      region_code: bill.regionCode,
      original_cents: sign * bill.originalCents,
      real_cents: sign * bill.realCents,
      cash_cents: sign * paid.cash,
      credit_cents: sign * paid.credit,
      voucher_cents: sign * paid.voucher,
      document: writeBill(bill),
    })
    .execute();
}

export interface BillFilters {
  month: string;
  payMode?: string | undefined;
  actionType?: string | undefined;
  instanceId?: string | undefined;
}

/** The bills of a month, newest first, a page of them, and how many there are. */
export async function listBills(
  tx: AppTransaction,
  tenant: bigint,
  filters: BillFilters,
  page: { offset: number; limit: number },
): Promise<{ bills: Bill[]; total: number }> {
  const matching = tx
    .withTables<BillTables>()
    .selectFrom('bills')
    .where('tenant_id', '=', tenant)
    .where('month', '=', filters.month)
    .$if(filters.payMode !== undefined, (query) => query.where('pay_mode', '=', filters.payMode ?? ''))
    .$if(filters.actionType !== undefined, (query) => query.where('action_type', '=', filters.actionType ?? ''))
    .$if(filters.instanceId !== undefined, (query) => query.where('instance_id', '=', filters.instanceId ?? ''));
  const { total } = await matching.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await matching
    .select('document')
    .orderBy('billed_at', 'desc')
    .orderBy('bill_id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { bills: rows.map(({ document }) => readBill(document)), total: Number(total) };
}

/** The bill of an order, as the text that was kept. */
export async function readBillDocument(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
): Promise<string | undefined> {
  const row = await tx
    .withTables<BillTables>()
    .selectFrom('bills')
    .select('document')
    .where('tenant_id', '=', tenant)
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return row?.document;
}

/** Sums of a month's bills, in cents. */
export interface BillSums {
  original: bigint;
  real: bigint;
  cash: bigint;
  credit: bigint;
  voucher: bigint;
}

/** Sums of a month's bills by region or by how they are paid; no rows for a month without bills. */
export async function sumBills(
  tx: AppTransaction,
  tenant: bigint,
  month: string,
  by: 'region_code' | 'pay_mode',
): Promise<(BillSums & { key: string })[]> {
  return tx
    .withTables<BillTables>()
    .selectFrom('bills')
    .where('tenant_id', '=', tenant)
    .where('month', '=', month)
    .select((row) => [
      row.ref(by).as('key'),
      sql<bigint>`sum(original_cents)::bigint`.as('original'),
      sql<bigint>`sum(real_cents)::bigint`.as('real'),
      sql<bigint>`sum(cash_cents)::bigint`.as('cash'),
      sql<bigint>`sum(credit_cents)::bigint`.as('credit'),
      sql<bigint>`sum(voucher_cents)::bigint`.as('voucher'),
    ])
    .groupBy(by)
    .orderBy(by)
    .execute();
}
