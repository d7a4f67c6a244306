-- Versions of the catalogue that the operator published. Version 0 is built in and has no row here. What is published
-- stays as it is: a change is a new version.
create table catalog_versions (
  version bigint primary key check (version > 0),
  effective_from timestamptz not null check (effective_from >= published_at),
  published_at timestamptz not null,
  note text not null,
  document jsonb not null
);
comment on table catalog_versions is 'global: one catalogue for all tenants';
create index catalog_versions_effective on catalog_versions (effective_from, version);
grant select on catalog_versions to wharfinger_app;
grant select, insert on catalog_versions to wharfinger_system;

create function catalog_versions_stay() returns trigger
  language plpgsql
  as $$ begin raise exception 'a published version of the catalogue cannot be changed'; end $$;
create trigger catalog_versions_stay before update or delete or truncate on catalog_versions
  for each statement execute function catalog_versions_stay();

-- How often promotions with a limit over all accounts were used. Only the two functions below change it.
create table promotion_counts (
  promotion_id bigint primary key,
  used bigint not null check (used >= 0)
);
comment on table promotion_counts is 'global: a limit of uses holds over all tenants';
grant select on promotion_counts to wharfinger_app, wharfinger_system;

-- One use more, unless that is above the limit: then false. Orders at the same moment wait for each other here.
create function take_promotion_use(promotion bigint, use_limit bigint) returns boolean
  language sql
  security definer
  set search_path = ''
  as $$
    with taken as (
      insert into public.promotion_counts as counts (promotion_id, used)
      select promotion, 1 where use_limit >= 1
      on conflict (promotion_id) do update set used = counts.used + 1 where counts.used < use_limit
      returning 1
    )
    select exists (select from taken)
  $$;

create function return_promotion_use(promotion bigint) returns void
  language sql
  security definer
  set search_path = ''
  as $$ update public.promotion_counts set used = used - 1 where promotion_id = promotion $$;

revoke execute on function take_promotion_use, return_promotion_use from public;
grant execute on function take_promotion_use, return_promotion_use to wharfinger_app, wharfinger_system;

-- Which order used a promotion. An order that is never paid gives its uses back.
create table promotion_uses (
  tenant_id bigint not null references accounts,
  promotion_id bigint not null,
  order_key text not null,
  -- It counts in promotion_counts.
  counted boolean not null,
  used_at timestamptz not null,
  primary key (tenant_id, promotion_id, order_key)
);
create index promotion_uses_order on promotion_uses (tenant_id, order_key);
call protect_tenant_table('promotion_uses');
