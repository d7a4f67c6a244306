/** SQL of the bills' table. Bills are written once. */
import { sql } from 'kysely';
import { textArray, type AppTransaction, type SystemTransaction } from '../platform/database/index.ts';
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
  if (bill.owner !== tenant) throw new Error(`the bill ${bill.billId} is not of ${tenant}`);
  await insertBills(tx, [bill]);
}

/** Keeps bills, each for its owner, in one statement. */
export async function insertBills(tx: AppTransaction | SystemTransaction, bills: readonly Bill[]): Promise<void> {
  // What a credit note gives back counts against what was charged.
  const amounts = bills.map((bill) => {
    const [sign, paid] = [signOf(bill), paidBy(bill)];
    return {
      original: sign * bill.originalCents,
      real: sign * bill.realCents,
      cash: sign * paid.cash,
      credit: sign * paid.credit,
      voucher: sign * paid.voucher,
    };
  });
  await sql`
    insert into bills (tenant_id, bill_id, order_id, month, billed_at, pay_mode, action_type, instance_id, region_code,
      original_cents, real_cents, cash_cents, credit_cents, voucher_cents, document)
    select * from unnest(
      ${bills.map(({ owner }) => owner)}::bigint[],
      ${bills.map(({ billId }) => billId)}::text[],
      ${bills.map(({ orderId }) => orderId)}::text[],
      ${bills.map(({ month }) => month)}::text[],
      ${bills.map(({ billedAt }) => billedAt.toString())}::timestamptz[],
      ${bills.map(payModeOf)}::text[],
      ${bills.map(({ action }) => actionTypes[action].code)}::text[],
      ${bills.map(({ instanceId }) => instanceId)}::text[],
      ${bills.map(({ regionCode }) => regionCode)}::text[],
      ${amounts.map(({ original }) => original)}::bigint[],
      ${amounts.map(({ real }) => real)}::bigint[],
      ${amounts.map(({ cash }) => cash)}::bigint[],
      ${amounts.map(({ credit }) => credit)}::bigint[],
      ${amounts.map(({ voucher }) => voucher)}::bigint[],
      ${textArray(bills.map(writeBill))}::text[]
    )`.execute(tx);
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

/** A bill or a credit note by its number, as it was kept. */
export async function findBill(tx: AppTransaction, tenant: bigint, billId: string): Promise<Bill | undefined> {
  const row = await tx
    .withTables<BillTables>()
    .selectFrom('bills')
    .select('document')
    .where('tenant_id', '=', tenant)
    .where('bill_id', '=', billId)
    .executeTakeFirst();
  return row && readBill(row.document);
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
