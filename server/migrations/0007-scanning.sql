-- Image scan quota. A period is one stretch of an entitlement that resets at once; all amounts are whole tenths of a scan.
create table quota_periods (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  -- What gives the scans: `trial`.
  source text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  capacity_tenths bigint not null check (capacity_tenths >= 0),
  reserved_tenths bigint not null default 0 check (reserved_tenths >= 0),
  used_tenths bigint not null default 0 check (used_tenths >= 0),
  check (reserved_tenths + used_tenths <= capacity_tenths),
  primary key (tenant_id, id),
  unique (tenant_id, source, starts_at)
);
create index quota_periods_ends on quota_periods (tenant_id, ends_at);
call protect_tenant_table('quota_periods');

-- What a scan holds of a period while it runs (`reserved`), and what it has cost (`used`). A scan that has no result
-- leaves nothing here. A scan that takes the last tenths of one period and the rest from the next has a row for each.
create table quota_uses (
  tenant_id bigint not null,
  task_id bigint not null,
  image_id text not null,
  period_id bigint not null,
  image_name text not null,
  state text not null check (state in ('reserved', 'used')),
  -- The first scan of the image: it had no result before.
  first boolean not null,
  cost_tenths bigint not null check (cost_tenths > 0),
  reserved_at timestamptz not null,
  used_at timestamptz check ((state = 'used') = (used_at is not null)),
  primary key (tenant_id, task_id, image_id, period_id),
  foreign key (tenant_id, period_id) references quota_periods
);
create index quota_uses_period on quota_uses (tenant_id, period_id, used_at desc, task_id desc, image_id);
call protect_tenant_table('quota_uses');

-- A scan that somebody asked for, over the images that were chosen at that moment.
create table scan_tasks (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  kind text not null check (kind in ('one-click', 'plain')),
  risk_classes text[] not null,
  -- For each image; null: the scanner's own budget alone.
  timeout_seconds integer check (timeout_seconds > 0),
  created_at timestamptz not null,
  image_count integer not null check (image_count > 0),
  ended_count integer not null default 0 check (ended_count between 0 and image_count),
  -- Set when the last image has ended.
  ended_at timestamptz check ((ended_at is not null) = (ended_count = image_count)),
  primary key (tenant_id, id)
);
create unique index scan_tasks_running_one_click on scan_tasks (tenant_id) where kind = 'one-click' and ended_at is null;
call protect_tenant_table('scan_tasks');

-- An image of a task: one image ID, however many places hold it.
create table scan_task_images (
  tenant_id bigint not null,
  task_id bigint not null,
  image_id text not null,
  state text not null check (state in ('waiting', 'scanning', 'scanned', 'failed', 'stopped')),
  -- Grows with each start of the work, so that the work of a process that was given up cannot end what another began.
  run integer not null default 0,
  -- How often the work failed by an error of ours and was begun again.
  failures integer not null default 0,
  -- Layers done, in per cent; 100 only when it has ended.
  progress smallint not null default 0 check (progress between 0 and 100),
  started_at timestamptz,
  ended_at timestamptz check ((ended_at is not null) = (state in ('scanned', 'failed', 'stopped'))),
  reason_code text not null default '',
  reason text not null default '',
  primary key (tenant_id, task_id, image_id),
  foreign key (tenant_id, task_id) references scan_tasks on delete cascade
);
create index scan_task_images_image on scan_task_images (tenant_id, image_id, task_id desc);
create index scan_task_images_open on scan_task_images (tenant_id, image_id) where state in ('waiting', 'scanning');
call protect_tenant_table('scan_task_images');

-- The places (repository and tag) that a task's images were chosen by.
create table scan_task_places (
  tenant_id bigint not null,
  task_id bigint not null,
  registry_image_id bigint not null,
  image_id text not null,
  primary key (tenant_id, task_id, registry_image_id),
  foreign key (tenant_id, task_id, image_id) references scan_task_images on delete cascade
);
create index scan_task_places_image on scan_task_places (tenant_id, task_id, image_id);
call protect_tenant_table('scan_task_places');

-- The newest scan of each image, whatever came of it: what lists show as its state.
create table image_scans (
  tenant_id bigint not null references accounts,
  image_id text not null,
  task_id bigint not null,
  risk_classes text[] not null,
  state text not null check (state in ('waiting', 'scanning', 'scanned', 'failed', 'stopped')),
  reason_code text not null default '',
  reason text not null default '',
  primary key (tenant_id, image_id)
);
create index image_scans_state on image_scans (tenant_id, state);
call protect_tenant_table('image_scans');

-- What one layer holds, read once: an index answers only for its own tenant, indexer, rules, risk classes and origin.
create table layer_indexes (
  tenant_id bigint not null references accounts,
  layer text not null,
  origin text not null check (origin in ('pulled', 'local')),
  indexer text not null,
  rules text not null,
  risk_classes text not null,
  -- JSON, zstd: names in a layer may hold characters that jsonb refuses.
  content bytea not null,
  primary key (tenant_id, layer, origin, indexer, rules, risk_classes)
);
alter table layer_indexes alter column content set storage external;
call protect_tenant_table('layer_indexes');

-- The result of the newest scan of an image that had one. A class of risk that was never looked for has no time.
create table image_results (
  tenant_id bigint not null references accounts,
  image_id text not null,
  first_scanned_at timestamptz not null,
  scanned_at timestamptz not null,
  vulnerabilities_at timestamptz,
  secrets_at timestamptz,
  malware_at timestamptz,
  complete boolean not null,
  reason text not null default '',
  operating_system text not null,
  layers text[] not null,
  -- [{ diffId, command }], bottom up; commands that may hold a secret are left out.
  history jsonb not null,
  -- Operating system and packages as JSON, zstd: what new advisories are matched against.
  inventory bytea not null,
  package_count integer not null,
  -- The advisories that it was last matched against.
  advisory_generation bigint not null,
  -- Kept counts of the findings.
  critical integer not null default 0,
  high integer not null default 0,
  medium integer not null default 0,
  low integer not null default 0,
  fixable integer not null default 0,
  secrets integer not null default 0,
  malware integer not null default 0,
  primary key (tenant_id, image_id)
);
create index system_image_results_generation on image_results (advisory_generation) where vulnerabilities_at is not null;
call protect_tenant_table('image_results');

-- The long part of what advisories tell of a vulnerability, kept once for all images of a tenant under its own digest.
create table vulnerability_texts (
  tenant_id bigint not null references accounts,
  digest text not null,
  details text not null,
  published text not null,
  advisories text[] not null,
  other_ids text[] not null,
  links text[] not null,
  primary key (tenant_id, digest)
);
call protect_tenant_table('vulnerability_texts');

create table image_vulnerabilities (
  tenant_id bigint not null,
  image_id text not null,
  -- The CVE id; without one the advisory's own.
  vulnerability_id text not null,
  title text not null,
  level smallint not null check (level between 1 and 4),
  cvss_score text not null,
  cvss_vector text not null,
  malicious boolean not null,
  fixable boolean not null,
  -- The packages that have it: [{ name, installed, version, fixed, path, kind, layer }].
  components jsonb not null,
  text_digest text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (tenant_id, image_id, vulnerability_id),
  foreign key (tenant_id, image_id) references image_results on delete cascade,
  foreign key (tenant_id, text_digest) references vulnerability_texts
);
create index image_vulnerabilities_vulnerability on image_vulnerabilities (tenant_id, vulnerability_id, image_id);
create index image_vulnerabilities_text on image_vulnerabilities (tenant_id, text_digest);
call protect_tenant_table('image_vulnerabilities');

-- `key`: digest of what makes a finding the same one again (paths may be longer than an index takes).
create table image_secrets (
  tenant_id bigint not null,
  image_id text not null,
  key text not null,
  rule text not null,
  title text not null,
  level smallint not null check (level between 1 and 4),
  path text not null,
  line integer not null,
  layer text not null,
  hidden boolean not null,
  redacted text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (tenant_id, image_id, key),
  foreign key (tenant_id, image_id) references image_results on delete cascade
);
call protect_tenant_table('image_secrets');

create table image_malware (
  tenant_id bigint not null,
  image_id text not null,
  key text not null,
  rule text not null,
  title text not null,
  level smallint not null check (level between 1 and 4),
  category text not null,
  author text not null,
  tags text[] not null,
  path text not null,
  layer text not null,
  size_bytes bigint not null,
  md5 text not null,
  sha256 text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (tenant_id, image_id, key),
  foreign key (tenant_id, image_id) references image_results on delete cascade
);
call protect_tenant_table('image_malware');
