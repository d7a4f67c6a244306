-- What the operator did, as a chain: each row carries the hash of the row before it, and one of its own over everything in it.
create table audit_log (
  number bigint primary key check (number > 0),
  -- Business time, and the machine's.
  at timestamptz not null,
  machine_time timestamptz not null,
  -- The id of the key that signed, or `socket`.
  operator text not null,
  action text not null,
  request_id text not null,
  -- Canonical JSON, as text because the hash is over these bytes. Holds no secrets.
  request text not null,
  -- `OK`, `Begun`, or the error's code.
  code text not null,
  previous_hash text not null check (previous_hash ~ '^[0-9a-f]{64}$'),
  hash text not null check (hash ~ '^[0-9a-f]{64}$')
);
comment on table audit_log is 'global: the operator serves all tenants';
-- Nobody writes it but the function below.
grant select on audit_log to wharfinger_system;
create trigger append_only before update or delete or truncate on audit_log
  for each statement execute function is_append_only();

-- The last row's number and hash (none for an empty log). Holds the log until the transaction ends: the chain has no forks.
create function hold_audit_log() returns table (number bigint, hash text)
  language plpgsql volatile
  security definer
  set search_path = ''
  as $$
begin
  perform pg_advisory_xact_lock(hashtext('wharfinger audit log'));
  -- A statement of its own, so that it sees what the one before in the queue has committed.
  return query select l.number, l.hash from public.audit_log l order by l.number desc limit 1;
end
$$;

-- Adds a row after the last one. A tenant transaction may add to the log and never reads it.
create function append_to_audit_log(row_number bigint, at timestamptz, machine_time timestamptz, operator text,
    action text, request_id text, request text, code text, previous_hash text, hash text)
  returns void
  language plpgsql volatile
  security definer
  set search_path = ''
  as $$
declare
  head record;
begin
  select l.number, l.hash into head from public.hold_audit_log() l;
  if row_number <> coalesce(head.number, 0) + 1 or previous_hash <> coalesce(head.hash, repeat('0', 64)) then
    raise exception 'the audit log goes on after its last row, %', coalesce(head.number, 0);
  end if;
  insert into public.audit_log
    values (row_number, at, machine_time, operator, action, request_id, request, code, previous_hash, hash);
end
$$;
revoke execute on function hold_audit_log, append_to_audit_log from public;
grant execute on function hold_audit_log, append_to_audit_log to wharfinger_app, wharfinger_system;

-- While a row has no end nothing is charged to the account. Rows stay: what fell due before an end was looked at by a person.
create table billing_parks (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  parked_at timestamptz not null,
  parked_by text not null check (parked_by in ('operator', 'guard')),
  reason text not null,
  unparked_at timestamptz check (unparked_at >= parked_at),
  note text not null default '',
  primary key (tenant_id, id)
);
create unique index billing_parks_open on billing_parks (tenant_id) where unparked_at is null;
create index system_billing_parks_open on billing_parks (parked_at, id) where unparked_at is null;
call protect_tenant_table('billing_parks');
revoke update, delete on billing_parks from wharfinger_app, wharfinger_system;
grant update (unparked_at, note) on billing_parks to wharfinger_app, wharfinger_system;
