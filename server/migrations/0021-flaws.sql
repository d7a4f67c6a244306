-- What is known of a flaw beyond the packages that have it (KEV, EPSS, Vulnrichment), as each source tells it. The same for
-- all tenants.
create table advisory_flaws (
  cve text not null,
  source text not null,
  exploited boolean not null,
  -- The first day, YYYY-MM-DD; empty where only the fact is told.
  exploited_since text not null check (exploited_since = '' or exploited),
  epss_score float8,
  epss_percentile float8,
  -- CVSS vectors, a list.
  cvss jsonb,
  imported_at timestamptz not null,
  primary key (cve, source),
  check ((epss_score is null) = (epss_percentile is null))
);
comment on table advisory_flaws is 'global: public facts, the same for all tenants';
create index advisory_flaws_source on advisory_flaws (source);
grant select on advisory_flaws to wharfinger_app;
grant select, insert, update, delete on advisory_flaws to wharfinger_system;

-- As found by the match that `image_results.advisory_generation` names.
alter table image_vulnerabilities
  add column exploited boolean not null default false,
  add column exploited_since text not null default '',
  add column epss_score float8,
  add column epss_percentile float8;
