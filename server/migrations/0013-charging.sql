-- Days with an excess that were not charged yet: what the run at 02:00 looks for, so that it never searches the samples.
-- A row comes with the first sample of a day that has an excess and goes with the charge.
create table uncharged_days (
  tenant_id bigint not null references accounts,
  day date not null,
  primary key (tenant_id, day)
);
create index system_uncharged_days on uncharged_days (day);
call protect_tenant_table('uncharged_days');

-- The newest count of a tenant, which may lie ahead: whether anybody has cores to be sampled is asked every second.
create table newest_core_counts (
  tenant_id bigint primary key,
  from_at timestamptz not null,
  cores bigint not null,
  foreign key (tenant_id, from_at) references counted_cores on delete cascade
);
create index system_newest_core_counts_some on newest_core_counts (cores) where cores > 0;
call protect_tenant_table('newest_core_counts');

-- What was there before: the owner's role sees rows of tenants only while this lasts.
alter table counted_cores no force row level security;
alter table elastic_samples no force row level security;
alter table elastic_charges no force row level security;
alter table uncharged_days no force row level security;
alter table newest_core_counts no force row level security;
insert into newest_core_counts
  select distinct on (tenant_id) tenant_id, from_at, cores from counted_cores order by tenant_id, from_at desc;
insert into uncharged_days
  select distinct tenant_id, day from elastic_samples s
  where excess > 0 and not exists (select from elastic_charges c where c.tenant_id = s.tenant_id and c.day = s.day);
alter table counted_cores force row level security;
alter table elastic_samples force row level security;
alter table elastic_charges force row level security;
alter table uncharged_days force row level security;
alter table newest_core_counts force row level security;

drop index system_elastic_samples_excess;
