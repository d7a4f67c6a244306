-- Registries that a tenant has connected, with the state of their last check and sync.
create table registries (
  tenant_id bigint not null references accounts,
  id bigint generated always as identity,
  name text not null,
  -- As the user wrote it.
  url text not null,
  registry_type text not null,
  registry_version text not null,
  registry_region text not null,
  net_type text not null,
  instance_id text not null,
  username text not null,
  -- Ciphertexts under the tenant's data key; empty where there is nothing to keep.
  password text not null,
  webhook_url text not null,
  webhook_token text not null,
  insecure boolean not null,
  speed_limit bigint not null,
  need_scan boolean not null,
  -- A full sync reads every manifest again, an incremental one those that changed.
  sync_mode text not null check (sync_mode in ('full', 'incremental')),
  -- What the last look at it said: empty when it answered and took the login.
  health_code text not null default '',
  health text not null default '',
  sync_state text not null check (sync_state in ('doing', 'success', 'failed')),
  -- Grows with each sync that begins; work of an older one stops.
  sync_run integer not null,
  sync_fail_code text not null default '',
  sync_fail_reason text not null default '',
  -- What a sync left out, or how far it came.
  sync_message text not null default '',
  synced_at timestamptz,
  sync_succeeded_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call protect_tenant_table('registries');

-- The catalogue: one row for each repository and tag.
create table registry_images (
  tenant_id bigint not null,
  id bigint generated always as identity,
  registry_id bigint not null,
  repository text not null,
  -- The part of the repository's name before its first slash; empty where there is none.
  namespace text not null generated always as (case when position('/' in repository) > 0 then split_part(repository, '/', 1) else '' end) stored,
  tag text not null,
  -- What the tag itself names: an index, or the manifest.
  reference_digest text not null,
  -- The manifest of the one platform that is scanned.
  digest text not null,
  image_id text not null,
  platform text not null,
  -- As stored in the registry.
  size_bytes bigint not null,
  image_created_at timestamptz,
  is_latest boolean not null default false,
  -- Kept for whoever scans: the image has findings.
  at_risk boolean not null default false,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, registry_id, repository, tag),
  foreign key (tenant_id, registry_id) references registries on delete cascade
);
create index registry_images_image on registry_images (tenant_id, image_id);
create index registry_images_namespace on registry_images (tenant_id, namespace);

create extension if not exists pg_trgm;
create extension if not exists btree_gin;
create index registry_images_repository on registry_images using gin (tenant_id, repository gin_trgm_ops);
call protect_tenant_table('registry_images');

-- Ids of this tenant's images whose repository is like one of the patterns (lower case). LIKE is not leakproof, so under
-- row-level security no index serves it; this function runs as the owner and adds the tenant itself.
create policy search on registry_images for select to wharfinger_owner using (true);
create function search_registry_images(patterns text[]) returns table (id bigint)
  language sql stable
  security definer
  set search_path = ''
  as $$
    select i.id from unnest(patterns) pattern
    join public.registry_images i on i.tenant_id = public.current_tenant() and i.repository like pattern
  $$;
revoke execute on function search_registry_images from public;
grant execute on function search_registry_images to wharfinger_app;
