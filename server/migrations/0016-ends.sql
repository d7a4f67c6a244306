-- What came to its end and whose data are deleted: begun, finished and counted, so that the report is exact.
create table deletions (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  -- Whose end it is.
  ended text not null check (ended in ('trial', 'professional', 'image-scan', 'log-analysis')),
  -- Empty for the trial.
  instance_id text not null,
  -- The instant from which its data are to go.
  ended_at timestamptz not null,
  begun_at timestamptz,
  finished_at timestamptz check (finished_at is null or begun_at is not null),
  -- Until then a part is kept; null where nothing is.
  kept_until timestamptz,
  kept_deleted_at timestamptz check (kept_deleted_at is null or kept_until is not null),
  primary key (tenant_id, id),
  unique (tenant_id, ended, instance_id)
);
create index deletions_open on deletions (tenant_id) where finished_at is null;
call protect_tenant_table('deletions');
revoke delete on deletions from wharfinger_app;

-- How many of each kind were deleted: at the end, and when the time of what was kept was over.
create table deletion_counts (
  tenant_id bigint not null,
  deletion_id bigint not null,
  stage text not null check (stage in ('end', 'kept')),
  domain text not null,
  kind text not null,
  deleted bigint not null check (deleted >= 0),
  primary key (tenant_id, deletion_id, stage, domain, kind),
  foreign key (tenant_id, deletion_id) references deletions
);
call protect_tenant_table('deletion_counts');
revoke delete on deletion_counts from wharfinger_app;

-- Archives of everything that a tenant has, as they are asked for, made and fetched. The file lies in the blobs.
create table exports (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  state text not null check (state in ('making', 'done', 'failed')),
  -- Grows with each start of the work, so that the work of a process that was given up cannot end what another began.
  run integer not null default 0,
  -- How often the work failed by an error of ours and was begun again.
  failures integer not null default 0,
  asked_at timestamptz not null,
  -- What it holds is as it was then.
  snapshot_at timestamptz,
  finished_at timestamptz check ((finished_at is not null) = (state <> 'making')),
  expires_at timestamptz,
  size_bytes bigint,
  sha256 text,
  -- [{ name, domain, rows, sizeBytes, sha256 }], as the archive's own manifest has them.
  files jsonb not null default '[]',
  primary key (tenant_id, id),
  check (state <> 'done' or (snapshot_at is not null and expires_at is not null and size_bytes is not null and sha256 is not null))
);
-- One is made at a time.
create unique index exports_in_the_making on exports (tenant_id) where state = 'making';
call protect_tenant_table('exports');
