-- Advisories, as the scanner has parsed them. The same for all tenants.
create table advisory_records (
  id text primary key,
  modified timestamptz not null,
  -- Of the record's text: an import of what is here already changes nothing.
  sha256 text not null,
  record jsonb not null,
  withdrawn boolean not null,
  source text not null,
  imported_at timestamptz not null
);
comment on table advisory_records is 'global: advisories are public facts, the same for all tenants';
grant select on advisory_records to wharfinger_app;
grant select, insert, update, delete on advisory_records to wharfinger_system;

-- Which records name a package; names are normalised as the scanner asks for them.
create table advisory_packages (
  ecosystem text not null,
  name text not null,
  record_id text not null references advisory_records on delete cascade,
  primary key (ecosystem, name, record_id)
);
comment on table advisory_packages is 'global: an index of advisory_records';
create index advisory_packages_record on advisory_packages (record_id);
grant select on advisory_packages to wharfinger_app;
grant select, insert, update, delete on advisory_packages to wharfinger_system;

-- Where records came from, and when that source was last looked through, whether or not anything was new.
create table advisory_sources (
  source text primary key,
  imported_at timestamptz not null
);
comment on table advisory_sources is 'global: sources of advisories';
grant select on advisory_sources to wharfinger_app;
grant select, insert, update, delete on advisory_sources to wharfinger_system;

-- The generation grows whenever records change; findings say by which one they were matched.
create table advisory_state (
  only_row boolean primary key default true check (only_row),
  generation bigint not null,
  starter_version text not null
);
comment on table advisory_state is 'global: one store of advisories for all tenants';
insert into advisory_state (generation, starter_version) values (0, '');
grant select on advisory_state to wharfinger_app;
grant select, update on advisory_state to wharfinger_system;
