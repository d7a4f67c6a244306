-- Business time. One row; its mode is decided by the first start. A test clock moves forwards only.
create table clock (
  only_row boolean primary key default true check (only_row),
  mode text not null check (mode in ('machine', 'test')),
  test_now timestamptz check ((mode = 'test') = (test_now is not null)),
  check (test_now = date_trunc('second', test_now))
);
comment on table clock is 'global: one clock for all tenants';
grant select on clock to wharfinger_app;
grant select, insert, update on clock to wharfinger_system;

create function clock_moves_forwards() returns trigger
  language plpgsql
  as $$
begin
  if new.mode <> old.mode then raise exception 'the mode of the clock cannot change'; end if;
  if new.test_now < old.test_now then raise exception 'the clock cannot go back'; end if;
  return new;
end
$$;
create trigger clock_moves_forwards before update on clock for each row execute function clock_moves_forwards();

-- Business deadlines. A row waits until the clock reaches `due_at`, then becomes the job that it names.
create table timers (
  tenant_id bigint not null,
  key text not null,
  due_at timestamptz not null,
  job text not null,
  payload jsonb not null,
  max_attempts integer not null,
  primary key (tenant_id, key)
);
-- For the loop over all tenants; indexes named `system_…` serve the role `system` and need no tenant first.
create index system_timers_due on timers (due_at);
call protect_tenant_table('timers');

-- What happened, written in the transaction in which it happened.
create table events (
  tenant_id bigint not null,
  id bigint generated always as identity,
  type text not null,
  happened_at timestamptz not null,
  payload jsonb not null,
  primary key (tenant_id, id)
);
create index events_type on events (tenant_id, type, id);
call protect_tenant_table('events');
revoke update, delete on events from wharfinger_app;

-- Totals that lists and overviews show; kept by the domain that owns the counted rows, in the same transaction.
create table counters (
  tenant_id bigint not null,
  name text not null,
  value bigint not null,
  primary key (tenant_id, name)
);
call protect_tenant_table('counters');

-- Data keys of the tenants, wrapped by a master key that is kept outside the database.
create table data_keys (
  tenant_id bigint not null,
  key_id text not null,
  master_key_id text not null,
  wrapped bytea not null,
  created_at timestamptz not null,
  primary key (tenant_id, key_id)
);
create index data_keys_created on data_keys (tenant_id, created_at);
call protect_tenant_table('data_keys');

-- Work that is due now. `app` cannot read the queue; it adds to it through this function, which names the tenant itself.
create function enqueue_job(task text, job_key text, payload jsonb, queue text, attempts integer, priority integer)
  returns void
  language sql
  security definer
  set search_path = ''
  as $$
    select graphile_worker.add_job(
      task,
      payload => json_build_object('tenant', public.current_tenant()::text, 'data', payload),
      queue_name => queue,
      max_attempts => attempts,
      priority => priority,
      job_key => public.current_tenant()::text || '/' || job_key)
  $$;
revoke execute on function enqueue_job from public;
grant execute on function enqueue_job to wharfinger_app;

-- Which process a worker belongs to. A process holds the advisory lock of its key for as long as it lives.
create table job_workers (worker_id text primary key, process_key bigint not null);
comment on table job_workers is 'global: workers serve all tenants';
grant select, insert, delete on job_workers to wharfinger_system;

-- Workers whose process is gone: registered under a lock that nobody holds, or holding a job since before
-- `grace_ends` without ever having registered.
create function dead_job_workers(grace_ends timestamptz) returns table (worker_id text)
  language sql volatile
  as $$
    with living as (
      select w.worker_id from job_workers w
      join pg_locks l on l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and (l.classid::bigint << 32 | l.objid::bigint) = w.process_key
    )
    select w.worker_id from job_workers w where not exists (select from living where living.worker_id = w.worker_id)
    union
    select distinct j.locked_by from graphile_worker._private_jobs j
    where j.locked_by is not null and j.locked_at < grace_ends
      and not exists (select from job_workers w where w.worker_id = j.locked_by)
  $$;
