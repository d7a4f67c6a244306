/** Namespaces of the catalogue: the part of a repository's name before its first slash. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { Filter } from '../platform/wire-lists.ts';
import type { ImageTables } from './image-store.ts';
import { likePatterns } from './like-patterns.ts';

export interface Namespace {
  namespace: string;
  registries: bigint;
  /** Repositories' tags in it. */
  images: bigint;
  imagesAtRisk: bigint;
}

/** A page of namespaces by name; images without one are in none. `total` counts before paging. */
export async function listNamespaces(
  tx: AppTransaction,
  tenant: bigint,
  filters: readonly Filter[],
  offset: number,
  limit: number,
): Promise<{ namespaces: Namespace[]; total: bigint }> {
  let query = tx
    .withTables<ImageTables>()
    .selectFrom('registry_images')
    .where('tenant_id', '=', tenant)
    .where('namespace', '<>', '');
  for (const { values, exact } of filters) {
    const wanted = values.map((value) => value.toLowerCase());
    query = query.where(
      exact
        ? sql<boolean>`namespace = any(${wanted}::text[])`
        : sql<boolean>`namespace like any(${likePatterns(wanted)}::text[])`,
    );
  }
  const namespaces = await query
    .groupBy('namespace')
    .select(({ fn }) => [
      'namespace',
      fn.count<bigint>('registry_id').distinct().as('registries'),
      fn.countAll<bigint>().as('images'),
      fn.countAll<bigint>().filterWhere('at_risk', '=', true).as('imagesAtRisk'),
    ])
    .orderBy('namespace')
    .offset(offset)
    .limit(limit)
    .execute();
  const { total } = await query
    .select(({ fn }) => fn.count<bigint>('namespace').distinct().as('total'))
    .executeTakeFirstOrThrow();
  return { namespaces, total };
}
