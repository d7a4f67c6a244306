/**
 * The same work in plain SQL, for comparison: the rows that the run wrote are read and written again, page by page, each page
 * committed durably, into tables with the same columns and indexes but without checks, keys to other tables, triggers and
 * row-level security, by the owner, and with nothing computed outside of the database.
 */
import pg from 'pg';
import type { OwnService } from '../own-service.ts';
import { monotonicMs } from '../../server/src/platform/machine-time.ts';

const tenantsAtOnce = 500;

export interface PlainSql {
  seconds: number;
  /** Processor time of PostgreSQL. */
  serverCpuSeconds: number;
  bills: number;
}

/** Writes one charged day again. */
export async function chargeInPlainSql({ superuser, serverCpuSeconds }: OwnService, day: string): Promise<PlainSql> {
  const client = new pg.Client(superuser);
  await client.connect();
  try {
    await client.query(`
      drop schema if exists plain cascade;
      create schema plain;
      create table plain.bills (like bills including indexes including defaults);
      create table plain.ledger_transactions (like ledger_transactions including indexes);
      create table plain.ledger_entries (like ledger_entries including indexes);
      create table plain.ledger_balances (like ledger_balances including indexes);
      create table plain.elastic_charges (like elastic_charges including indexes);
      create table plain.events (like events including indexes);
      create table plain.timers (like timers including indexes);
      create table plain.uncharged_days (like uncharged_days including indexes);
      insert into plain.ledger_balances select * from ledger_balances;
      insert into plain.uncharged_days select tenant_id, day from elastic_charges where day = '${day}';
      analyze plain.ledger_balances; analyze plain.uncharged_days;
      checkpoint`);
    const used = await serverCpuSeconds();
    const started = monotonicMs();
    let after = '0';
    let bills = 0;
    for (;;) {
      const page = await client.query<{ tenants: string[] | null }>(
        `select array_agg(tenant_id order by tenant_id) as tenants from (
          select tenant_id from plain.uncharged_days where tenant_id > $1 and day = $2 order by tenant_id limit ${tenantsAtOnce}) p`,
        [after, day],
      );
      const tenants = page.rows[0]?.tenants;
      if (!tenants) break;
      bills += await chargePage(client, tenants, day);
      after = tenants.at(-1) ?? after;
    }
    const seconds = (monotonicMs() - started) / 1_000;
    return { seconds, serverCpuSeconds: (await serverCpuSeconds()) - used, bills };
  } finally {
    await client.end();
  }
}

async function chargePage(client: pg.Client, tenants: readonly string[], day: string): Promise<number> {
  const charged = `join elastic_charges c on c.tenant_id = any($1) and c.day = $2 and c.tenant_id = x.tenant_id`;
  const params = [tenants, day];
  await client.query('begin');
  await client.query(`select from wallets where tenant_id = any($1) order by tenant_id for update`, [tenants]);
  await client.query(
    `select tenant_id, sum(excess), json_agg(json_build_array(hour, excess, counted_cores, licensed_cores, cap, source))
    from elastic_samples where tenant_id = any($1) and day = $2 group by tenant_id`,
    params,
  );
  await client.query(
    `insert into plain.ledger_transactions select x.* from ledger_transactions x ${charged}
    where x.idempotency_key = 'elastic-charge/' || x.tenant_id || '/' || c.day`,
    params,
  );
  await client.query(
    `insert into plain.ledger_entries select x.* from ledger_entries x
    join plain.ledger_transactions t using (tenant_id, transaction_id)
    where t.tenant_id = any($1) and t.idempotency_key = 'elastic-charge/' || t.tenant_id || '/' || $2::date`,
    params,
  );
  await client.query(
    `update plain.ledger_balances b set cents = b.cents + e.cents from plain.ledger_entries e
    where e.tenant_id = any($1) and b.tenant_id = e.tenant_id and b.account = e.account`,
    [tenants],
  );
  // Joined to nothing, so that the text is compressed again instead of copied as it lies.
  const { rowCount } = await client.query(
    `insert into plain.bills select x.tenant_id, x.bill_id, x.order_id, x.month, x.billed_at, x.pay_mode, x.action_type,
      x.instance_id, x.region_code, x.original_cents, x.real_cents, x.cash_cents, x.credit_cents, x.voucher_cents,
      x.document || ''
    from bills x ${charged} and c.bill_id = x.bill_id`,
    params,
  );
  await client.query(
    `insert into plain.elastic_charges select x.* from elastic_charges x where x.tenant_id = any($1) and x.day = $2`,
    params,
  );
  await client.query(
    `insert into plain.events select x.* from events x ${charged} and x.happened_at = c.charged_at`,
    params,
  );
  await client.query(`insert into plain.timers select x.* from timers x where x.tenant_id = any($1)`, [tenants]);
  await client.query(`delete from plain.uncharged_days where tenant_id = any($1) and day = $2`, params);
  await client.query('commit');
  return rowCount ?? 0;
}
