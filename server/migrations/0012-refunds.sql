-- What a refund takes back of a grant: the row ends and others take its place, which name the one that was paid for.
alter table subscription_grants
  add column replaces bigint,
  add column refunded_at timestamptz;

-- What was asked back, beside its order, which says where it stands.
create table refund_requests (
  tenant_id bigint not null references accounts,
  order_id text not null,
  instance_id text not null,
  -- Cores or gigabytes; null asks for the whole instance.
  quantity bigint check (quantity > 0),
  ground text not null check (ground in ('no-reason', 'surplus', 'use', 'capacity')),
  reason text not null,
  asked_at timestamptz not null,
  -- The newest grant then: what came after it was not asked back.
  newest_grant bigint not null,
  decided_at timestamptz,
  note text not null default '',
  primary key (tenant_id, order_id)
);
call protect_tenant_table('refund_requests');
revoke delete on refund_requests from wharfinger_app;

-- What went back of each thing that was paid for: its worth, and of this what vouchers, credit and cash had paid.
create table refund_parts (
  tenant_id bigint not null references accounts,
  order_id text not null,
  -- The grant as it was paid for.
  grant_id bigint not null,
  worth_cents bigint not null check (worth_cents >= 0),
  voucher_cents bigint not null check (voucher_cents >= 0),
  credit_cents bigint not null check (credit_cents >= 0),
  cash_cents bigint not null check (cash_cents >= 0),
  primary key (tenant_id, order_id, grant_id),
  check (worth_cents = voucher_cents + credit_cents + cash_cents)
);
create index refund_parts_grant on refund_parts (tenant_id, grant_id);
call protect_tenant_table('refund_parts');
revoke update, delete on refund_parts from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on refund_parts
  for each statement execute function is_append_only();

-- Cores of the tenant's environment from an instant on, filled by who observes it: what a refund of cores is held against.
create table environment_cores (
  tenant_id bigint not null references accounts,
  observed_at timestamptz not null,
  cores bigint not null check (cores >= 0),
  primary key (tenant_id, observed_at)
);
call protect_tenant_table('environment_cores');

-- Scans that a pack has given in the period that began then, filled by who counts them when a refund asks for it.
create table pack_uses (
  tenant_id bigint not null references accounts,
  grant_id bigint not null,
  period_from timestamptz not null,
  used_tenths bigint not null check (used_tenths >= 0),
  primary key (tenant_id, grant_id, period_from)
);
call protect_tenant_table('pack_uses');
