/** SQL that changes the catalogue. The counter of images and the events are kept in the same transaction. */
import { sql, type Generated, type GeneratedAlways } from 'kysely';
import { count, counterNames } from '../platform/counters/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { announce, type Occasion } from '../platform/events/index.ts';
import { registryImagesRemoved } from './events.ts';

interface ImageRow {
  tenant_id: bigint;
  id: GeneratedAlways<bigint>;
  registry_id: bigint;
  repository: string;
  namespace: GeneratedAlways<string>;
  tag: string;
  reference_digest: string;
  digest: string;
  image_id: string;
  platform: string;
  size_bytes: bigint;
  image_created_at: Temporal.Instant | null;
  is_latest: Generated<boolean>;
  at_risk: Generated<boolean>;
  first_seen_at: Temporal.Instant;
  last_seen_at: Temporal.Instant;
}

export type ImageTables = { registry_images: ImageRow };

/** What a sync found out about a tag. */
export interface FoundImage {
  tag: string;
  referenceDigest: string;
  digest: string;
  imageId: string;
  platform: string;
  sizeBytes: bigint;
  createdAt: Temporal.Instant | null;
}

/** A tag that the catalogue has: what is known of it. */
export type KnownImage = Pick<FoundImage, 'tag' | 'referenceDigest' | 'imageId'>;

export async function knownImages(
  tx: AppTransaction,
  tenant: bigint,
  registryId: bigint,
  repository: string,
): Promise<KnownImage[]> {
  return tx
    .withTables<ImageTables>()
    .selectFrom('registry_images')
    .select(['tag', 'reference_digest as referenceDigest', 'image_id as imageId'])
    .where('tenant_id', '=', tenant)
    .where('registry_id', '=', registryId)
    .where('repository', '=', repository)
    .execute();
}

export interface RepositoryChange {
  registryId: bigint;
  repository: string;
  /** Tags that are new or name something else now. */
  found: readonly FoundImage[];
  /** Tags that are there, `found` or not; all others of the repository are taken out. */
  present: readonly string[];
}

export interface ChangeCounts {
  added: number;
  changed: number;
  removed: number;
}

/** Brings one repository up to date. Done again it changes nothing. */
export async function changeRepository(occasion: Occasion, change: RepositoryChange): Promise<ChangeCounts> {
  const { tx, tenant, now } = occasion;
  const { registryId, repository, found, present } = change;
  const before = new Map((await knownImages(tx, tenant, registryId, repository)).map((image) => [image.tag, image]));
  const removed = await removeImages(occasion, registryId, { repository, except: present });
  if (found.length > 0) await upsert(tx, tenant, change, now);
  await tx
    .withTables<ImageTables>()
    .updateTable('registry_images')
    .set({ last_seen_at: now })
    .where('tenant_id', '=', tenant)
    .where('registry_id', '=', registryId)
    .where('repository', '=', repository)
    .execute();
  await markLatest(tx, tenant, registryId, repository);
  const added = found.filter(({ tag }) => !before.has(tag)).length;
  const replaced = found.flatMap(({ tag, imageId }) => {
    const old = before.get(tag)?.imageId;
    return old !== undefined && old !== imageId ? [old] : [];
  });
  await count(tx, tenant, counterNames.registryImages, BigInt(added));
  await announceGone(occasion, [], replaced);
  return { added, changed: found.length - added, removed };
}

/** Takes images of a registry out of the catalogue: all, or those that `kept` does not keep. Returns how many. */
export async function removeImages(
  occasion: Occasion,
  registryId: bigint,
  kept?: { repository: string; except: readonly string[] } | { repositories: readonly string[] },
): Promise<number> {
  const { tx, tenant } = occasion;
  let query = tx
    .withTables<ImageTables>()
    .deleteFrom('registry_images')
    .where('tenant_id', '=', tenant)
    .where('registry_id', '=', registryId)
    .returning(['id', 'image_id']);
  if (kept && 'repository' in kept) {
    query = query.where('repository', '=', kept.repository).where(sql<boolean>`tag <> all(${kept.except}::text[])`);
  } else if (kept) query = query.where(sql<boolean>`repository <> all(${kept.repositories}::text[])`);
  const rows = await query.execute();
  await count(tx, tenant, counterNames.registryImages, BigInt(-rows.length));
  await announceGone(
    occasion,
    rows.map((row) => row.id),
    rows.map((row) => row.image_id),
  );
  return rows.length;
}

/** Says of an image whether it has findings, wherever it stands; namespaces count such images. */
export async function setImageAtRisk(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  atRisk: boolean,
): Promise<void> {
  await tx
    .withTables<ImageTables>()
    .updateTable('registry_images')
    .set({ at_risk: atRisk })
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .execute();
}

/** None of these images has findings any more. */
export async function setImagesSafe(tx: AppTransaction, tenant: bigint, imageIds: readonly string[]): Promise<void> {
  await tx
    .withTables<ImageTables>()
    .updateTable('registry_images')
    .set({ at_risk: false })
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', sql<string>`any(${imageIds})`)
    .where('at_risk', '=', true)
    .execute();
}

async function upsert(
  tx: AppTransaction,
  tenant: bigint,
  { registryId, repository, found }: RepositoryChange,
  now: Temporal.Instant,
): Promise<void> {
  const rows = found.map((image) => ({
    tag: image.tag,
    reference_digest: image.referenceDigest,
    digest: image.digest,
    image_id: image.imageId,
    platform: image.platform,
    size_bytes: String(image.sizeBytes),
    image_created_at: image.createdAt?.toString() ?? null,
  }));
  // One parameter for all rows: a repository may have more tags than a statement takes parameters.
  await sql`
    insert into registry_images as old (tenant_id, registry_id, repository, tag, reference_digest, digest, image_id,
      platform, size_bytes, image_created_at, at_risk, first_seen_at, last_seen_at)
    select ${tenant}::bigint, ${registryId}::bigint, ${repository}::text, tag, reference_digest, digest, image_id, platform, size_bytes,
      image_created_at,
      exists (select from registry_images other
        where other.tenant_id = ${tenant} and other.image_id = new.image_id and other.at_risk),
      ${now}::timestamptz, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(tag text, reference_digest text, digest text,
      image_id text, platform text, size_bytes bigint, image_created_at timestamptz)
    on conflict (tenant_id, registry_id, repository, tag) do update set
      reference_digest = excluded.reference_digest, digest = excluded.digest, image_id = excluded.image_id,
      platform = excluded.platform, size_bytes = excluded.size_bytes, image_created_at = excluded.image_created_at,
      at_risk = excluded.at_risk, last_seen_at = excluded.last_seen_at`.execute(tx);
}

/** The newest is the one made last; of equal ones the tag `latest`, then the one seen last. */
async function markLatest(tx: AppTransaction, tenant: bigint, registryId: bigint, repository: string): Promise<void> {
  await sql`
    update registry_images set is_latest = not is_latest
    where tenant_id = ${tenant} and registry_id = ${registryId} and repository = ${repository}
      and is_latest <> (id = (select id from registry_images
        where tenant_id = ${tenant} and registry_id = ${registryId} and repository = ${repository}
        order by image_created_at desc nulls last, (tag = 'latest') desc, first_seen_at desc, id desc limit 1))`.execute(
    tx,
  );
}

const mostInOneEvent = 1000;

async function announceGone(occasion: Occasion, ids: readonly bigint[], imageIds: readonly string[]): Promise<void> {
  const gone = await imagesWithoutPlace(occasion, [...new Set(imageIds)]);
  for (let start = 0; start < Math.max(ids.length, gone.length); start += mostInOneEvent) {
    await announce(occasion, registryImagesRemoved, {
      ids: ids.slice(start, start + mostInOneEvent).map(String),
      imageIds: gone.slice(start, start + mostInOneEvent),
    });
  }
}

async function imagesWithoutPlace({ tx, tenant }: Occasion, imageIds: readonly string[]): Promise<string[]> {
  if (imageIds.length === 0) return [];
  const held = await tx
    .withTables<ImageTables>()
    .selectFrom('registry_images')
    .select('image_id')
    .distinct()
    .where('tenant_id', '=', tenant)
    .where(sql<boolean>`image_id = any(${imageIds}::text[])`)
    .execute();
  const still = new Set(held.map((row) => row.image_id));
  return imageIds.filter((imageId) => !still.has(imageId));
}
