/**
 * The same work in plain SQL, for comparison: what an inquiry reads and writes, and the rows of an order, read and written
 * again in a transaction of their own that is committed durably, into tables with the same columns and indexes but without
 * checks, keys to other tables, triggers and row-level security, by the owner, and with nothing computed outside of the database.
 */
import pg from 'pg';
import type { OwnService } from '../own-service.ts';

const copied = [
  'price_quotes',
  'deals',
  'planned_deliveries',
  'ledger_transactions',
  'ledger_entries',
  'ledger_balances',
  'subscriptions',
  'subscription_grants',
  'bills',
  'events',
  'timers',
];

/** Where the rows of an order lie. */
export interface WrittenOrder {
  orderId: string;
  billId: string;
  events: string[];
  /** An instance came of it, with its timer; else one was widened. */
  isNew: boolean;
}

export interface PlainSql {
  inquire(tenant: bigint): Promise<void>;
  /** All orders of a customer, oldest first. */
  ordersOf(tenant: bigint): Promise<WrittenOrder[]>;
  /** Writes the rows of an order again; of each order once. */
  write(tenant: bigint, order: WrittenOrder): Promise<void>;
  close(): Promise<void>;
}

export async function openPlainSql({ superuser }: OwnService): Promise<PlainSql> {
  const client = new pg.Client(superuser);
  await client.connect();
  await client.query('create schema plain');
  for (const table of copied) {
    await client.query(`create table plain.${table} (like ${table} including indexes including defaults)`);
  }
  let inquiries = 0;
  return {
    async inquire(tenant) {
      await client.query('begin');
      await client.query('select * from accounts where tenant_id = $1', [tenant]);
      await client.query('select * from catalog_versions where effective_from <= now() order by version desc limit 1');
      await client.query('select * from subscriptions where tenant_id = $1', [tenant]);
      await client.query('delete from plain.price_quotes where tenant_id = $1 and expires_at <= now()', [tenant]);
      await client.query(
        `insert into plain.price_quotes (tenant_id, quote_id, subject, lines, expires_at)
        select tenant_id, $2, subject, lines, expires_at from price_quotes where tenant_id = $1 limit 1`,
        [tenant, `quote-${++inquiries}`],
      );
      await client.query('commit');
    },
    async ordersOf(tenant) {
      const { rows } = await client.query<WrittenOrder>(
        // Each order tells of two events, in the turn of its wallet's lock.
        `with told as (
          select id, (row_number() over (order by id) + 1) / 2 as number
          from events where tenant_id = $1 and type <> 'billing.credited'
        ), placed as (select order_id, row_number() over (order by place) as number from deals where tenant_id = $1)
        select order_id as "orderId", bill_id as "billId", number = 1 as "isNew",
          (select array_agg(id) from told where told.number = placed.number) as events
        from placed join bills using (order_id) where tenant_id = $1 order by number`,
        [tenant],
      );
      return rows;
    },
    async write(tenant, { orderId, billId, events, isNew }) {
      const order = [tenant, orderId];
      await client.query('begin');
      await client.query('select from wallets where tenant_id = $1 for update', [tenant]);
      await client.query('select * from subscriptions where tenant_id = $1', [tenant]);
      await client.query('insert into plain.deals select * from deals where tenant_id = $1 and order_id = $2', order);
      await client.query(
        'insert into plain.planned_deliveries select * from planned_deliveries where tenant_id = $1 and order_id = $2',
        order,
      );
      await client.query(
        `with booked as (
          insert into plain.ledger_transactions select * from ledger_transactions
          where tenant_id = $1 and idempotency_key = 'payment/' || $2 returning tenant_id, transaction_id
        ), entered as (
          insert into plain.ledger_entries select e.* from ledger_entries e join booked using (tenant_id, transaction_id)
          returning tenant_id, account, cents
        )
        insert into plain.ledger_balances (tenant_id, account, cents) select tenant_id, account, cents from entered
        on conflict (tenant_id, account) do update set cents = plain.ledger_balances.cents + excluded.cents`,
        order,
      );
      if (isNew) {
        await client.query('insert into plain.subscriptions select * from subscriptions where tenant_id = $1', [
          tenant,
        ]);
        await client.query('insert into plain.timers select * from timers where tenant_id = $1', [tenant]);
      }
      await client.query(
        `insert into plain.subscription_grants overriding system value
        select * from subscription_grants where tenant_id = $1 and order_id = $2`,
        order,
      );
      await client.query('insert into plain.events select * from events where tenant_id = $1 and id = any($2)', [
        tenant,
        events,
      ]);
      // The text is compressed again instead of copied as it lies.
      await client.query(
        `insert into plain.bills select tenant_id, bill_id, order_id, month, billed_at, pay_mode, action_type, instance_id,
          region_code, original_cents, real_cents, cash_cents, credit_cents, voucher_cents, document || ''
        from bills where tenant_id = $1 and bill_id = $2`,
        [tenant, billId],
      );
      await client.query('commit');
    },
    close: () => client.end(),
  };
}
