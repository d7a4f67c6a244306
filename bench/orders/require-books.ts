import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Database } from '../../server/src/platform/database/index.ts';

/** Every order is paid, booked, billed and delivered once, and all money was spent; else the figures are of something else. */
export async function requireBooks(
  database: Database,
  tenant: bigint,
  { orders, cores }: { orders: number; cores: number },
): Promise<void> {
  const { rows } = await database.inTenant(tenant, (tx) =>
    sql<Record<string, bigint>>`
      select count(*) as orders, count(distinct bill_id) as bills, count(distinct transaction_id) as payments,
        count(distinct g.id) as grants, sum(quantity)::bigint as cores, count(*) filter (where status = 4) as delivered,
        (select count(*) from deals) as "allOrders", (select count(*) from bills) as "allBills",
        (select count(*) from subscription_grants) as "allGrants",
        (select count(*) from ledger_transactions where kind = 'payment') as "allPayments",
        (select sum(cents)::bigint from ledger_entries) as entries,
        (select cents from ledger_balances where account = 'cash') as left
      from deals d join bills b using (order_id) join subscription_grants g using (order_id)
      join ledger_transactions t on t.reference = d.order_id and t.kind = 'payment'`.execute(tx),
  );
  const once = BigInt(orders);
  const expected = {
    orders: once,
    bills: once,
    payments: once,
    grants: once,
    cores: BigInt(cores),
    delivered: once,
    allOrders: once,
    allBills: once,
    allGrants: once,
    allPayments: once,
    entries: 0n,
    left: 0n,
  };
  if (!isDeepStrictEqual({ ...rows[0] }, expected)) {
    throw new Error(`the books of ${tenant} are not exact: ${Object.entries(rows[0] ?? {}).join(' ')}`);
  }
}
