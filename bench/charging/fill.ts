/** Tenants as a provider has them: an edition, a wallet, and more cores than were licensed. */
import { sql } from 'kysely';
import type { SystemTransaction } from '../../server/src/platform/database/index.ts';
import type { Database } from '../../server/src/platform/database/index.ts';

const first = 100_000_000_000n;
const atOnce = 20_000;

/**
 * Makes so many tenants, each with a professional edition of 10 to 109 cores in force from `since` on and 1 to 200 cores
 * beyond. Of twenty, seventeen pay by cash, one first by credit, one is warned of a low balance, and one cannot pay.
 */
export async function fillTenants(database: Database, tenants: number, since: Temporal.Instant): Promise<void> {
  for (let from = 0; from < tenants; from += atOnce) {
    const until = Math.min(from + atOnce, tenants) - 1;
    await database.inSystem('bench: fill', (tx) => fill(tx, { from, until }, since));
  }
}

async function fill(tx: SystemTransaction, range: { from: number; until: number }, since: Temporal.Instant) {
  const those = sql`(select i, ${first} + i as tenant_id from generate_series(${range.from}::bigint, ${range.until}::bigint) as i) t`;
  const statements = [
    sql`
      insert into accounts (tenant_id, email, verification, created_at)
      select tenant_id, 'tenant-' || i || '@example.com', 'verified', ${since} from ${those}`,
    sql`
      insert into wallets (tenant_id, warning_threshold_cents, warning_open)
      select tenant_id, 100000000, i % 20 = 18 from ${those}`,
    sql`
      insert into subscriptions (tenant_id, instance_id, product, product_code, sub_product_code, region_code, zone_code,
        state, started_at, anchor, ends_at, isolation_hours, destruction_hours, reminder_days, settled_at, renew_flag,
        renew_flag_chosen, renew_period_unit, protection)
      select tenant_id, 'tcss-' || tenant_id, 'professional', 'p_tcss', 'sp_tcss_professional', 'ap-guangzhou',
        'ap-guangzhou-3', 'active', ${since}, ${since}, ${since}::timestamptz + interval '90 days', 120, 144, 7, ${since},
        'NOTIFY_AND_MANUAL_RENEW', false, 'm',
        '{"scope": "all", "autoProtectNew": true, "assets": [], "elasticCap": 5000}'
      from ${those}`,
    sql`
      insert into subscription_grants (tenant_id, instance_id, order_id, quantity, anchor, starts_at, ends_at)
      select tenant_id, 'tcss-' || tenant_id, lpad(i::text, 20, '0'), 10 + i % 100, ${since}, ${since},
        ${since}::timestamptz + interval '90 days'
      from ${those}`,
    sql`
      insert into counted_cores (tenant_id, from_at, cores, source)
      select tenant_id, ${since}, 11 + i % 100 + i % 200, '{"kind": "agent", "clusters": "3", "hosts": "17"}' from ${those}`,
    sql`
      insert into newest_core_counts (tenant_id, from_at, cores)
      select tenant_id, ${since}, 11 + i % 100 + i % 200 from ${those}`,
    // What each has paid in: enough for years, a little more than the threshold, or nothing.
    sql`
      with booked as (
        insert into ledger_transactions (tenant_id, kind, reference, idempotency_key, entry_count, booked_at)
        select tenant_id, 'top-up', 'fill', 'top-up/' || part.account, 2, ${since}
        from ${those} cross join (values ('cash'), ('credit')) as part(account)
        where i % 20 < 19 and (part.account = 'cash' or i % 20 = 17)
        returning tenant_id, transaction_id, substr(idempotency_key, 8) as account
      )
      insert into ledger_entries (tenant_id, transaction_id, account, cents)
      select tenant_id, transaction_id, side.account, side.cents
      from booked join ${those} using (tenant_id) cross join lateral (
        select case when booked.account = 'credit' then 50 when i % 20 = 18 then 100000000 else 1000000000 end as cents
      ) paid cross join lateral (
        values (booked.account, paid.cents), (case booked.account when 'cash' then 'payments' else 'grants' end, -paid.cents)
      ) as side(account, cents)`,
  ];
  for (const statement of statements) await statement.execute(tx);
}
