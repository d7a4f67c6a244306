-- Whether the deletion of what came of a trial was told.
alter table trials add column data_expired boolean not null default false;

-- What was bought, and where it stands in its life. Of each product a tenant has one that lives.
create table subscriptions (
  tenant_id bigint not null references accounts,
  instance_id text not null,
  product text not null check (product in ('professional', 'image-scan', 'log-analysis')),
  -- As the buyer named them: what reads them back compares.
  product_code text not null,
  sub_product_code text not null,
  region_code text not null,
  zone_code text not null,
  state text not null check (state in ('active', 'isolated', 'stopped', 'destroyed')),
  started_at timestamptz not null,
  -- Renewals count their months from here, so that the day of the month is kept.
  anchor timestamptz not null,
  ends_at timestamptz not null check (ends_at > started_at),
  -- As the catalogue had them at the purchase.
  isolation_hours integer not null check (isolation_hours >= 0),
  destruction_hours integer not null check (destruction_hours >= isolation_hours),
  reminder_days integer not null check (reminder_days >= 0),
  -- Everything due until then has happened.
  settled_at timestamptz not null,
  renew_flag text not null
    check (renew_flag in ('NOTIFY_AND_MANUAL_RENEW', 'NOTIFY_AND_AUTO_RENEW', 'DISABLE_NOTIFY_AND_MANUAL_RENEW')),
  -- Whether somebody has said so.
  renew_flag_chosen boolean not null,
  -- How long an automatic renewal lasts, where somebody has chosen it; else a month.
  renew_period integer check (renew_period between 1 and 36),
  renew_period_unit text not null check (renew_period_unit in ('m', 'y')),
  -- The professional edition's scope and elastic cap, as they were chosen.
  protection jsonb check ((product = 'professional') = (protection is not null)),
  primary key (tenant_id, instance_id)
);
create unique index subscriptions_living on subscriptions (tenant_id, product) where state <> 'destroyed';
call protect_tenant_table('subscriptions');
revoke delete on subscriptions from wharfinger_app;

-- What of it was paid for, by which order: so many cores, scans a month or gigabytes, from when until when.
create table subscription_grants (
  tenant_id bigint not null,
  id bigint generated always as identity,
  instance_id text not null,
  order_id text not null,
  quantity bigint not null check (quantity > 0),
  -- Months count from here: a scan pack's own anniversary.
  anchor timestamptz not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  primary key (tenant_id, id),
  foreign key (tenant_id, instance_id) references subscriptions
);
create index subscription_grants_instance on subscription_grants (tenant_id, instance_id, starts_at, id);
call protect_tenant_table('subscription_grants');
revoke delete on subscription_grants from wharfinger_app;

-- What an order delivers when it is paid, as it was when it was priced.
create table planned_deliveries (
  tenant_id bigint not null references accounts,
  order_id text not null,
  plan jsonb not null,
  primary key (tenant_id, order_id)
);
call protect_tenant_table('planned_deliveries');

-- Prices that were told and bind for some minutes.
create table price_quotes (
  tenant_id bigint not null references accounts,
  quote_id text not null,
  -- What it is the price of; an order under the quote must be for the same.
  subject text not null,
  lines jsonb not null,
  expires_at timestamptz not null,
  primary key (tenant_id, quote_id)
);
create index price_quotes_expiry on price_quotes (tenant_id, expires_at);
call protect_tenant_table('price_quotes');
