/**
 * Holds three accounts of the same month against each other, order by order: what the bills say, what the ledger has booked
 * as revenue and refunds, and what orders and charges of use have come to less what was given back. Each is summed from
 * what another part of the service has written.
 */
import { sql } from 'kysely';
import type { SystemTransaction } from '../../platform/database/index.ts';
import type { ChargeSource } from './charge-source.ts';
import type { MarketMonth } from './market-month.ts';

/** In cents. Proved is: `bills` = `ledger` = `orders` + `charges` − `refunds`. */
export interface MonthSums {
  readonly bills: bigint;
  readonly ledger: bigint;
  readonly orders: bigint;
  readonly charges: bigint;
  readonly refunds: bigint;
}

/** An order or charge on which they do not agree. What one of them does not know is 0 there. */
export interface Difference {
  readonly tenant: bigint;
  readonly orderId: string;
  /** Of its bills, or of its credit note. */
  readonly billIds: readonly string[];
  readonly reason: string;
  /** The sum of the lines of its bill, and what the list of bills shows for it. */
  readonly billed: bigint;
  readonly listed: bigint;
  readonly ledger: bigint;
  readonly ordered: bigint;
}

/** What one tenant has in a month. */
export interface AccountProof extends MonthSums {
  readonly tenant: bigint;
  readonly billCount: bigint;
  /** SHA-256 of every bill and every booking of the month. */
  readonly digest: string;
  readonly differences: readonly Difference[];
}

/** So many tenants are summed by one statement. */
export const tenantsAtOnce = 2_000;
const lastTenant = 2n ** 63n - 1n;

/** The proofs of all tenants that have anything in the month, page by page, in the order of their numbers. */
export async function* proveMonth(
  tx: SystemTransaction,
  month: MarketMonth,
  sources: readonly ChargeSource[],
): AsyncGenerator<AccountProof[]> {
  let after = -1n;
  for (;;) {
    const { rows } = await sql<{ tenant_id: bigint }>`
      select tenant_id from wallets where tenant_id > ${after} order by tenant_id
      offset ${tenantsAtOnce - 1} limit 1`.execute(tx);
    // The last page has whatever there is, also of a tenant that should have nothing.
    const last = rows[0]?.tenant_id ?? lastTenant;
    yield await proveTenants(tx, month, sources, { after, last });
    if (last === lastTenant) return;
    after = last;
  }
}

interface ProofRow extends MonthSums {
  tenant: bigint;
  bill_count: bigint;
  digest: string;
  differences: readonly {
    order_id: string;
    bill_ids: string[] | null;
    reason: string;
    billed: string;
    listed: string;
    ledger: string;
    ordered: string;
  }[];
}

async function proveTenants(
  tx: SystemTransaction,
  month: MarketMonth,
  sources: readonly ChargeSource[],
  { after, last }: { after: bigint; last: bigint },
): Promise<AccountProof[]> {
  const { from, until } = month;
  const charges = sources.map((source) => sql`select 'charge' as kind, c.* from (${source.chargesIn(month)}) c`);
  const { rows } = await sql<ProofRow>`
    with documents as (
      select b.tenant_id, b.order_id, b.bill_id, b.real_cents as listed,
        encode(sha256(convert_to(b.document, 'UTF8')), 'hex') as sha,
        case d.action when 'refund' then -1 else 1 end * (
          select coalesce(sum((line ->> 'cents')::bigint), 0) from json_array_elements(d.lines) line) as billed,
        coalesce(d."billId" = b.bill_id and d."orderId" = b.order_id and d.owner = b.tenant_id::text
          and d.month = b.month, false) as named
      from bills b left join lateral json_to_record(bill_as_json(b.document)) as d
        (action text, "billId" text, "orderId" text, owner text, month text, lines json) on true
      where b.tenant_id > ${after} and b.tenant_id <= ${last} and b.month = ${month.month}
    ), bookings as (
      select t.tenant_id, t.reference as order_id, sum(e.cents)::bigint as imbalance,
        (sum(e.cents) filter (where e.account like 'revenue/%' or e.account like 'refunds/%'))::bigint as ledger,
        string_agg(t.kind || ' ' || e.account || ' ' || e.cents, ',' order by t.transaction_id, e.account) as entries
      from ledger_transactions t join ledger_entries e using (tenant_id, transaction_id)
      where t.tenant_id > ${after} and t.tenant_id <= ${last} and t.booked_at >= ${from} and t.booked_at < ${until}
      group by t.tenant_id, t.reference
    ), orders as (
      select case action when 'refund' then 'refund' else 'order' end as kind, tenant_id, order_id,
        case action when 'refund' then coalesce(refunded_cents, 0) else real_cents end as cents
      from deals
      where tenant_id > ${after} and tenant_id <= ${last} and paid_at >= ${from} and paid_at < ${until}
        and status = any(case action when 'refund' then '{6}'::int[] else '{2,3,4}'::int[] end)
      union all
      select * from (${sql.join(charges, sql` union all `)}) c where tenant_id > ${after} and tenant_id <= ${last}
    ), told as (
      select tenant_id, order_id, array_agg(bill_id order by bill_id) as bill_ids, bool_and(named) as named,
        sum(billed)::bigint as billed, sum(listed)::bigint as listed, string_agg(sha, ',' order by bill_id) as shas
      from documents group by tenant_id, order_id
    ), owed as (
      select tenant_id, order_id, count(*) as times, sum(cents) filter (where kind = 'order') as orders,
        sum(cents) filter (where kind = 'charge') as charges, sum(cents) filter (where kind = 'refund') as refunds,
        sum(case kind when 'refund' then -cents else cents end)::bigint as ordered
      from orders group by tenant_id, order_id
    ), compared as (
      select tenant_id, order_id, bill_ids, times, shas, entries, orders, charges, refunds,
        coalesce(billed, 0) as billed, coalesce(listed, 0) as listed, coalesce(ledger, 0) as ledger,
        coalesce(ordered, 0) as ordered,
        case
          when bill_ids is not null and times is null then 'a bill of nothing'
          when bill_ids is null and times is not null then 'no bill'
          when cardinality(bill_ids) > 1 then 'more than one bill'
          when times > 1 then 'more than one charge'
          when not named then 'a bill that names another'
          when billed <> listed then 'a bill that is listed with another amount'
          when coalesce(billed, 0) <> coalesce(ordered, 0) then 'billed is not what was ordered'
          when coalesce(billed, 0) <> coalesce(ledger, 0) then 'billed is not what was booked'
          when imbalance <> 0 then 'bookings that do not sum to zero'
        end as reason
      from told full join bookings using (tenant_id, order_id) full join owed using (tenant_id, order_id)
    )
    select tenant_id as tenant, count(bill_ids)::bigint as bill_count, sum(billed)::bigint as bills,
      sum(ledger)::bigint as ledger, coalesce(sum(orders), 0)::bigint as orders,
      coalesce(sum(charges), 0)::bigint as charges, coalesce(sum(refunds), 0)::bigint as refunds,
      encode(sha256(convert_to(string_agg(concat_ws(' ', order_id, listed, ordered, shas, entries), E'\n'
        order by order_id), 'UTF8')), 'hex') as digest,
      coalesce(json_agg(json_build_object('order_id', order_id, 'bill_ids', bill_ids, 'reason', reason,
        'billed', billed::text, 'listed', listed::text, 'ledger', ledger::text, 'ordered', ordered::text)
        order by order_id) filter (where reason is not null), '[]') as differences
    from compared group by tenant_id order by tenant_id`.execute(tx);
  return rows.map(({ differences, bill_count: billCount, ...row }) => ({
    ...row,
    billCount,
    differences: differences.map((difference) => ({
      tenant: row.tenant,
      orderId: difference.order_id,
      billIds: difference.bill_ids ?? [],
      reason: difference.reason,
      billed: BigInt(difference.billed),
      listed: BigInt(difference.listed),
      ledger: BigInt(difference.ledger),
      ordered: BigInt(difference.ordered),
    })),
  }));
}
