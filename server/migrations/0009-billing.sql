-- Orders, the double-entry ledger with its balances, vouchers and bills. Amounts are whole cents.

create function is_append_only() returns trigger
  language plpgsql
  as $$ begin raise exception '% keeps what was written: its rows are never changed or deleted', tg_table_name; end $$;

-- The tenant's wallet: its row is the lock of every commercial change, and keeps the warning of a low balance.
create table wallets (
  tenant_id bigint primary key references accounts,
  warning_threshold_cents bigint not null default 0 check (warning_threshold_cents >= 0),
  warning_open boolean not null default false
);
call protect_tenant_table('wallets');
revoke delete on wallets from wharfinger_app, wharfinger_system;

create table deals (
  tenant_id bigint not null references accounts,
  order_id text not null check (order_id ~ '^\d{20}$'),
  -- Orders of one second in the order in which they were placed.
  place bigint generated always as identity,
  big_deal_id text not null,
  action text not null check (action in ('purchase', 'renew', 'upgrade', 'downgrade', 'refund')),
  product text not null,
  instance_id text not null,
  region_code text not null,
  zone_code text not null,
  parameters jsonb not null,
  lines jsonb not null,
  original_cents bigint not null,
  real_cents bigint not null,
  creator bigint not null,
  client_token text check (client_token ~ '^[\x20-\x7e]{1,64}$'),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  -- What becomes of it.
  status smallint not null check (status between 1 and 13),
  voucher_cents bigint not null default 0 check (voucher_cents between 0 and real_cents),
  paid_at timestamptz,
  service_from timestamptz,
  service_until timestamptz check (service_until >= service_from),
  primary key (tenant_id, order_id),
  unique (tenant_id, client_token)
);
create index deals_created on deals (tenant_id, created_at, place);
create index deals_big_deal on deals (tenant_id, big_deal_id);
create index deals_instance on deals (tenant_id, instance_id);
call protect_tenant_table('deals');
revoke update, delete on deals from wharfinger_app, wharfinger_system;
grant update (status, voucher_cents, paid_at, service_from, service_until) on deals to wharfinger_app, wharfinger_system;

-- A transaction of the ledger: why money moved. Its entries say from where to where.
create table ledger_transactions (
  tenant_id bigint not null references accounts,
  transaction_id bigint generated always as identity,
  kind text not null check (kind in ('top-up', 'grant', 'payment', 'charge', 'settlement', 'refund')),
  -- The order, voucher or top-up that it is about.
  reference text not null,
  idempotency_key text not null,
  entry_count smallint not null check (entry_count >= 2),
  booked_at timestamptz not null,
  primary key (tenant_id, transaction_id),
  unique (tenant_id, idempotency_key)
);
create index ledger_transactions_booked on ledger_transactions (tenant_id, booked_at, transaction_id);
call protect_tenant_table('ledger_transactions');
revoke update, delete on ledger_transactions from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on ledger_transactions
  for each statement execute function is_append_only();

-- What an account gains (above zero) or gives (below zero).
create table ledger_entries (
  tenant_id bigint not null,
  transaction_id bigint not null,
  account text not null,
  cents bigint not null check (cents <> 0),
  primary key (tenant_id, transaction_id, account),
  foreign key (tenant_id, transaction_id) references ledger_transactions
);
call protect_tenant_table('ledger_entries');
revoke update, delete on ledger_entries from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on ledger_entries
  for each statement execute function is_append_only();

-- At commit every transaction has the entries that it announced, no more and no fewer, and they sum to zero. The count
-- keeps a transaction from growing after its commit.
create function ledger_transaction_is_whole() returns trigger
  language plpgsql
  as $$
declare
  wanted bigint;
  found bigint;
  total numeric;
begin
  select t.entry_count, count(e.account), coalesce(sum(e.cents), 0) into wanted, found, total
    from ledger_transactions t left join ledger_entries e using (tenant_id, transaction_id)
    where t.tenant_id = new.tenant_id and t.transaction_id = new.transaction_id
    group by t.entry_count;
  if total <> 0 then
    raise exception 'ledger transaction % of % sums to %, not to zero', new.transaction_id, new.tenant_id, total;
  end if;
  if found <> wanted then
    raise exception 'ledger transaction % of % has % entries, not %', new.transaction_id, new.tenant_id, found, wanted;
  end if;
  return null;
end
$$;
create constraint trigger is_whole after insert on ledger_transactions
  deferrable initially deferred for each row execute function ledger_transaction_is_whole();
create constraint trigger is_whole after insert on ledger_entries
  deferrable initially deferred for each row execute function ledger_transaction_is_whole();

-- Sums of the entries, kept by the entries themselves. What a tenant has is never below zero; what it owes is.
create table ledger_balances (
  tenant_id bigint not null,
  account text not null,
  cents bigint not null,
  primary key (tenant_id, account),
  constraint has_what_it_gives check (cents >= 0 or not (account in ('cash', 'credit') or account like 'voucher/%')),
  constraint owes check (cents <= 0 or account <> 'receivable')
);
call protect_tenant_table('ledger_balances');
revoke delete on ledger_balances from wharfinger_app, wharfinger_system;

create function ledger_balances_follow_entries() returns trigger
  language plpgsql
  as $$
begin
  -- A row must stand before it is added to: checks are made on the row that an insert proposes, even where it conflicts.
  insert into ledger_balances (tenant_id, account, cents)
    select distinct tenant_id, account, 0 from added order by tenant_id, account
    on conflict do nothing;
  update ledger_balances b set cents = b.cents + s.cents
    from (select tenant_id, account, sum(cents) as cents from added group by tenant_id, account) s
    where b.tenant_id = s.tenant_id and b.account = s.account;
  return null;
end
$$;
create trigger add_to_balances after insert on ledger_entries referencing new table as added
  for each statement execute function ledger_balances_follow_entries();

create function only_entries_change_balances() returns trigger
  language plpgsql
  as $$
begin
  if pg_trigger_depth() < 2 then raise exception 'balances are sums of entries: only new entries change them'; end if;
  return null;
end
$$;
create trigger only_by_entries before insert or update or delete or truncate on ledger_balances
  for each statement execute function only_entries_change_balances();

-- Vouchers as granted; what is left on one is the balance of its ledger account. No products: it pays for all of them.
create table vouchers (
  tenant_id bigint not null references accounts,
  voucher_id text not null,
  nominal_cents bigint not null check (nominal_cents > 0),
  products text[] not null,
  begins_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > begins_at),
  granted_at timestamptz not null,
  primary key (tenant_id, voucher_id)
);
call protect_tenant_table('vouchers');
revoke update, delete on vouchers from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on vouchers
  for each statement execute function is_append_only();

-- Bills as they were made. The document is text: read again it has the same bytes.
create table bills (
  tenant_id bigint not null references accounts,
  bill_id text not null,
  order_id text not null,
  month text not null check (month ~ '^\d{4}-\d\d$'),
  billed_at timestamptz not null,
  pay_mode text not null check (pay_mode in ('prePay', 'postPay')),
  action_type text not null,
  instance_id text not null,
  region_code text not null,
  original_cents bigint not null,
  real_cents bigint not null,
  cash_cents bigint not null,
  credit_cents bigint not null,
  voucher_cents bigint not null,
  document text not null,
  primary key (tenant_id, bill_id),
  check (real_cents = cash_cents + credit_cents + voucher_cents)
);
create index bills_month on bills (tenant_id, month, billed_at, bill_id);
call protect_tenant_table('bills');
revoke update, delete on bills from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on bills
  for each statement execute function is_append_only();
