-- Main accounts: the tenants.
create table accounts (
  tenant_id bigint primary key check (tenant_id between 100000000000 and 999999999999),
  email text not null,
  verification text not null check (verification in ('unverified', 'pending', 'verified', 'rejected')),
  verification_reason text not null default '',
  created_at timestamptz not null
);
call protect_tenant_table('accounts');
revoke insert, delete on accounts from wharfinger_app;

-- An address belongs to one account of the whole service.
create table account_emails (
  email text primary key check (email = lower(email)),
  account bigint not null references accounts
);
comment on table account_emails is 'global: an e-mail address is unique over all tenants';
grant select, insert, delete on account_emails to wharfinger_system;

-- Keys that sign requests. The secret is a ciphertext under the tenant's data key.
create table access_keys (
  tenant_id bigint not null references accounts,
  secret_id text not null,
  secret text not null,
  enabled boolean not null,
  created_at timestamptz not null,
  primary key (tenant_id, secret_id)
);
call protect_tenant_table('access_keys');

-- A request names its key before its tenant is known; the key names the tenant.
create table access_key_owners (
  secret_id text primary key,
  account bigint not null references accounts
);
comment on table access_key_owners is 'global: finds the tenant of a key';
grant select, insert, delete on access_key_owners to wharfinger_system;

-- Keys of the operator, who has no tenant: they sign calls from another machine.
create table operator_keys (
  secret_id text primary key,
  secret text not null,
  enabled boolean not null,
  created_at timestamptz not null
);
comment on table operator_keys is 'global: the operator serves all tenants';
grant select, insert, update on operator_keys to wharfinger_system;
