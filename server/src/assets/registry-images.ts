/** The catalogue for the domains above: images of registries, listed with filters, read by id. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Filter } from '../platform/wire-lists.ts';
import type { ImageTables } from './image-store.ts';
import { likePatterns } from './like-patterns.ts';
import type { RegistryTables } from './registry-store.ts';

/** One repository and tag. */
export interface RegistryImage {
  id: bigint;
  registryId: bigint;
  registryName: string;
  registryType: string;
  registryUrl: string;
  registryRegion: string;
  instanceId: string;
  /** Whole, with its namespace. */
  repository: string;
  /** The part before the repository's first slash; empty where there is none. */
  namespace: string;
  tag: string;
  /** Of the manifest of the one platform that is scanned: linux/amd64, else one that is there. */
  digest: string;
  /** What the tag itself names: an index where there is one, else the same as `digest`. */
  referenceDigest: string;
  /** Digest of the configuration: what the image is. */
  imageId: string;
  platform: string;
  /** As stored in the registry. */
  sizeBytes: bigint;
  /** Null where the image does not say. */
  createdAt: Temporal.Instant | null;
  /** The newest tag of its repository. */
  isLatest: boolean;
  firstSeenAt: Temporal.Instant;
  lastSeenAt: Temporal.Instant;
}

/** All that is given must hold. Texts are compared without regard to case. */
export interface RegistryImageFilters {
  ids?: readonly bigint[];
  excludeIds?: readonly bigint[];
  registryIds?: readonly bigint[];
  imageIds?: readonly string[];
  /** Either the digest of a manifest or the one that the tag names. */
  digests?: readonly string[];
  /** First seen at this instant or later. */
  firstSeenFrom?: Temporal.Instant;
  onlyLatest?: boolean;
  /** Filters on text columns; several of one column must all hold. */
  text?: readonly { column: RegistryImageText; filter: Filter }[];
}

export type RegistryImageText =
  | 'repository'
  | 'namespace'
  | 'tag'
  | 'imageId'
  | 'digest'
  | 'registryName'
  | 'registryType'
  | 'registryUrl'
  | 'registryRegion'
  | 'instanceId';

export type RegistryImageOrder = 'id' | 'repository' | 'tag' | 'sizeBytes' | 'createdAt' | 'firstSeenAt';

export interface RegistryImageQuery extends RegistryImageFilters {
  by?: RegistryImageOrder;
  direction?: 'asc' | 'desc';
  offset?: number;
  /** All of them when absent. */
  limit?: number;
}

/** A page of the catalogue, newest entries first unless another order is asked for; `total` counts before paging. */
export async function listRegistryImages(
  tx: AppTransaction,
  tenant: bigint,
  query: RegistryImageQuery = {},
): Promise<{ images: RegistryImage[]; total: number }> {
  const direction = query.direction ?? 'desc';
  const selection = selectImages(tx, tenant, query);
  const counted = await selection
    .clearSelect()
    .select(({ fn }) => fn.countAll<bigint>().as('total'))
    .executeTakeFirstOrThrow();
  let page = selection.orderBy(orderColumns[query.by ?? 'id'], (order) =>
    direction === 'asc' ? order.asc().nullsFirst() : order.desc().nullsLast(),
  );
  if (query.by !== undefined && query.by !== 'id') page = page.orderBy('i.id', direction);
  if (query.offset !== undefined) page = page.offset(query.offset);
  if (query.limit !== undefined) page = page.limit(query.limit);
  return { images: await page.execute(), total: Number(counted.total) };
}

/** Only the ids and images, for choosing what to scan; ordered by id. */
export async function listRegistryImageIds(
  tx: AppTransaction,
  tenant: bigint,
  filters: RegistryImageFilters,
): Promise<{ id: bigint; imageId: string }[]> {
  return selectImages(tx, tenant, filters)
    .clearSelect()
    .select(['i.id as id', 'i.image_id as imageId'])
    .orderBy('i.id')
    .execute();
}

/** One entry. Throws `ResourceNotFound.RegistryImage`. */
export async function readRegistryImage(tx: AppTransaction, tenant: bigint, id: bigint): Promise<RegistryImage> {
  const image = await selectImages(tx, tenant, { ids: [id] }).executeTakeFirst();
  if (!image) throw new ActionError('ResourceNotFound.RegistryImage', `there is no registry image ${id}`);
  return image;
}

const orderColumns = {
  id: 'i.id',
  repository: 'i.repository',
  tag: 'i.tag',
  sizeBytes: 'i.size_bytes',
  createdAt: 'i.image_created_at',
  firstSeenAt: 'i.first_seen_at',
} as const satisfies Record<RegistryImageOrder, string>;

const textColumns = {
  repository: 'i.repository',
  namespace: 'i.namespace',
  tag: 'i.tag',
  imageId: 'i.image_id',
  digest: 'i.digest',
  registryName: 'r.name',
  registryType: 'r.registry_type',
  registryUrl: 'r.url',
  registryRegion: 'r.registry_region',
  instanceId: 'r.instance_id',
} as const satisfies Record<RegistryImageText, string>;

function selectImages(tx: AppTransaction, tenant: bigint, filters: RegistryImageFilters) {
  let query = tx
    .withTables<ImageTables & RegistryTables>()
    .selectFrom('registry_images as i')
    .innerJoin('registries as r', (join) =>
      join.onRef('r.tenant_id', '=', 'i.tenant_id').onRef('r.id', '=', 'i.registry_id'),
    )
    .select([
      'i.id as id',
      'i.registry_id as registryId',
      'r.name as registryName',
      'r.registry_type as registryType',
      'r.url as registryUrl',
      'r.registry_region as registryRegion',
      'r.instance_id as instanceId',
      'i.repository as repository',
      'i.namespace as namespace',
      'i.tag as tag',
      'i.digest as digest',
      'i.reference_digest as referenceDigest',
      'i.image_id as imageId',
      'i.platform as platform',
      'i.size_bytes as sizeBytes',
      'i.image_created_at as createdAt',
      'i.is_latest as isLatest',
      'i.first_seen_at as firstSeenAt',
      'i.last_seen_at as lastSeenAt',
    ])
    .where('i.tenant_id', '=', tenant);
  const { ids, excludeIds, registryIds, imageIds, digests, firstSeenFrom, onlyLatest, text } = filters;
  // Arrays as one parameter each: a request may name more ids than a statement takes parameters.
  if (ids) query = query.where(sql<boolean>`i.id = any(${ids.map(String)}::bigint[])`);
  if (excludeIds?.length) query = query.where(sql<boolean>`i.id <> all(${excludeIds.map(String)}::bigint[])`);
  if (registryIds) query = query.where(sql<boolean>`i.registry_id = any(${registryIds.map(String)}::bigint[])`);
  if (imageIds) query = query.where(sql<boolean>`i.image_id = any(${imageIds}::text[])`);
  if (digests) {
    query = query.where(
      sql<boolean>`(i.digest = any(${digests}::text[]) or i.reference_digest = any(${digests}::text[]))`,
    );
  }
  if (firstSeenFrom) query = query.where('i.first_seen_at', '>=', firstSeenFrom);
  if (onlyLatest) query = query.where('i.is_latest', '=', true);
  for (const { column, filter } of text ?? []) query = query.where(textCondition(column, filter));
  return query;
}

function textCondition(column: RegistryImageText, { values, exact }: Filter) {
  const wanted = values.map((value) => value.toLowerCase());
  const reference = sql.ref(textColumns[column]);
  if (exact) return sql<boolean>`lower(${reference}) = any(${wanted}::text[])`;
  const patterns = likePatterns(wanted);
  // Names are searched by an index; see the function for why it is one.
  if (column === 'repository')
    return sql<boolean>`i.id in (select id from search_registry_images(${patterns}::text[]))`;
  return sql<boolean>`lower(${reference}) like any(${patterns}::text[])`;
}
