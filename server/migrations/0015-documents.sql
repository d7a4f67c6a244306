-- Credit notes, the close of a month, and money that comes by a payment provider.

-- What of a refund's order went back into the wallet.
alter table deals add column refunded_cents bigint check (refunded_cents between 0 and real_cents);
grant update (refunded_cents) on deals to wharfinger_app, wharfinger_system;

-- From the seal on nothing is booked or billed before `ends_at` any more, whatever the month of an earlier one was.
create table month_seals (
  month text primary key check (month ~ '^\d{4}-\d\d$'),
  ends_at timestamptz not null,
  sealed_at timestamptz not null check (sealed_at >= ends_at)
);
comment on table month_seals is 'global: a month ends for all tenants at once';
grant select on month_seals to wharfinger_app, wharfinger_system;
grant insert on month_seals to wharfinger_system;
create trigger append_only before update or delete or truncate on month_seals
  for each statement execute function is_append_only();

create function ledger_takes_nothing_for_sealed_months() returns trigger
  language plpgsql
  as $$
begin
  if (select min(booked_at) from added) < (select max(ends_at) from public.month_seals) then
    raise exception 'the ledger takes nothing more for a month that was closed';
  end if;
  return null;
end
$$;
create trigger after_the_seal after insert on ledger_transactions referencing new table as added
  for each statement execute function ledger_takes_nothing_for_sealed_months();

create function bills_take_nothing_for_sealed_months() returns trigger
  language plpgsql
  as $$
begin
  if (select min(billed_at) from added) < (select max(ends_at) from public.month_seals)
    or (select min(month) from added) <= (select max(month) from public.month_seals)
  then
    raise exception 'there are no more bills for a month that was closed';
  end if;
  return null;
end
$$;
create trigger after_the_seal after insert on bills referencing new table as added
  for each statement execute function bills_take_nothing_for_sealed_months();

-- For the proof, which tells of a document that is none instead of failing at it.
create function bill_as_json(document text) returns json
  language plpgsql immutable
  as $$
begin
  return document::json;
exception when others then
  return null;
end
$$;

-- A month of which was proved that bills, ledger and orders agree. The document says what was summed.
create table month_closes (
  month text primary key references month_seals,
  closed_at timestamptz not null,
  document text not null,
  digest text not null
);
comment on table month_closes is 'global: the sums are of all tenants';
grant select, insert on month_closes to wharfinger_system;
create trigger append_only before update or delete or truncate on month_closes
  for each statement execute function is_append_only();

-- The part of one tenant in it: sums in cents, and a digest of all its documents and bookings.
create table month_close_accounts (
  tenant_id bigint not null references accounts,
  -- The parts are written as they are proved, before the whole.
  month text not null references month_closes deferrable initially deferred,
  bill_count bigint not null,
  billed_cents bigint not null,
  digest text not null,
  primary key (tenant_id, month)
);
create index system_month_close_accounts on month_close_accounts (month, tenant_id);
call protect_tenant_table('month_close_accounts');
revoke update, delete on month_close_accounts from wharfinger_app, wharfinger_system;
create trigger append_only before update or delete or truncate on month_close_accounts
  for each statement execute function is_append_only();

-- Money that is asked for at a payment provider.
create table top_ups (
  tenant_id bigint not null references accounts,
  top_up_id text not null,
  -- Orders those of one second.
  place bigint generated always as identity,
  provider text not null,
  -- The provider's own name for it, known once it has answered.
  reference text,
  url text,
  cents bigint not null check (cents > 0),
  idempotency_key text not null,
  status text not null check (status in ('open', 'paid', 'ended', 'mismatch')),
  created_at timestamptz not null,
  decided_at timestamptz,
  primary key (tenant_id, top_up_id),
  unique (tenant_id, idempotency_key),
  check ((status = 'open') = (decided_at is null))
);
create index top_ups_created on top_ups (tenant_id, created_at, place);
call protect_tenant_table('top_ups');
revoke update, delete on top_ups from wharfinger_app, wharfinger_system;
grant update (reference, url, status, decided_at) on top_ups to wharfinger_app, wharfinger_system;
