-- Batches over all tenants: until when each has done what was due. Locked while one runs.
create table batches (
  name text primary key,
  done_at timestamptz not null
);
comment on table batches is 'global: a batch serves all tenants';
grant select, insert, update on batches to wharfinger_system;

-- Counted cores, as a history: from an instant on a tenant has so many, until the next row.
create table counted_cores (
  tenant_id bigint not null references accounts,
  from_at timestamptz not null,
  cores bigint not null check (cores between 0 and 1000000000),
  -- Who says so, for explanations.
  source jsonb not null,
  primary key (tenant_id, from_at)
);
call protect_tenant_table('counted_cores');

-- The excess of one hour, with all that it was computed from. Written once.
create table elastic_samples (
  tenant_id bigint not null references accounts,
  hour timestamptz not null,
  -- Of the market.
  day date not null,
  counted_cores bigint not null check (counted_cores >= 0),
  licensed_cores bigint not null check (licensed_cores >= 0),
  cap bigint not null check (cap >= 0),
  -- Switched off because of a debt: then nothing is elastic.
  suspended boolean not null,
  excess bigint not null check (
    excess = case when suspended then 0 else least(greatest(counted_cores - licensed_cores, 0), cap) end),
  instance_id text not null,
  source jsonb not null,
  primary key (tenant_id, hour)
);
create index elastic_samples_day on elastic_samples (tenant_id, day, hour);
create index system_elastic_samples_excess on elastic_samples (day) where excess > 0;
call protect_tenant_table('elastic_samples');
revoke update, delete on elastic_samples from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on elastic_samples
  for each statement execute function is_append_only();

-- A day that was charged. Written once, with its bill.
create table elastic_charges (
  tenant_id bigint not null references accounts,
  day date not null,
  hours smallint not null check (hours between 1 and 25),
  core_hours bigint not null check (core_hours > 0),
  cents bigint not null check (cents >= 0),
  bill_id text not null,
  charged_at timestamptz not null,
  primary key (tenant_id, day)
);
call protect_tenant_table('elastic_charges');
revoke update, delete on elastic_charges from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on elastic_charges
  for each statement execute function is_append_only();

-- Tenants whose elastic charges are not paid: since when, and since when nothing is elastic because of it.
create table elastic_debts (
  tenant_id bigint primary key references accounts,
  since timestamptz not null,
  suspended_at timestamptz check (suspended_at >= since)
);
call protect_tenant_table('elastic_debts');
