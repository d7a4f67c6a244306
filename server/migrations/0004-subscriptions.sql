-- The free trial: at most one for a main account, for ever.
create table trials (
  tenant_id bigint primary key references accounts,
  started_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > started_at),
  ended boolean not null default false,
  gift jsonb not null
);
call protect_tenant_table('trials');
revoke delete on trials from wharfinger_app;
