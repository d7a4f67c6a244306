/** SQL of the tables of the catalogue. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { builtInCatalog } from './built-in.ts';
import { catalogSchema, type Catalog, type CatalogDocument } from './catalog.ts';

type CatalogTables = {
  catalog_versions: {
    version: bigint;
    effective_from: Temporal.Instant;
    published_at: Temporal.Instant;
    note: string;
    document: unknown;
  };
};

/** What is known of a version beside its content. The built-in one was in force from the beginning. */
export interface CatalogVersion {
  version: bigint;
  effectiveFrom?: Temporal.Instant;
  publishedAt?: Temporal.Instant;
  note: string;
}

const builtInVersion: CatalogVersion = { version: builtInCatalog.version, note: 'built in' };

/**
 * The catalogue that is in force: the version with the latest effective date that has come; of several with the same
 * date the one published last; before all of them the built-in one.
 */
export async function currentCatalog(tx: AppTransaction | SystemTransaction, now: Temporal.Instant): Promise<Catalog> {
  const row = await tx
    .withTables<CatalogTables>()
    .selectFrom('catalog_versions')
    .select(['version', 'document'])
    .where('effective_from', '<=', now)
    .orderBy('effective_from', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { version: row.version, ...catalogSchema.parse(row.document) } : builtInCatalog;
}

/** A version by its number; undefined when there is none. */
export async function readCatalog(
  tx: AppTransaction | SystemTransaction,
  version: bigint,
): Promise<Catalog | undefined> {
  if (version === builtInCatalog.version) return builtInCatalog;
  const row = await tx
    .withTables<CatalogTables>()
    .selectFrom('catalog_versions')
    .select('document')
    .where('version', '=', version)
    .executeTakeFirst();
  return row && { version, ...catalogSchema.parse(row.document) };
}

/** The newest versions first, the built-in one last. */
export async function listVersions(tx: SystemTransaction, limit: number): Promise<CatalogVersion[]> {
  const rows = await tx
    .withTables<CatalogTables>()
    .selectFrom('catalog_versions')
    .select(['version', 'effective_from', 'published_at', 'note'])
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  const published = rows.map((row) => ({
    version: row.version,
    effectiveFrom: row.effective_from,
    publishedAt: row.published_at,
    note: row.note,
  }));
  return [...published, builtInVersion];
}

/** One publication at a time, over all processes, until the transaction ends. */
export async function lockCatalog(tx: SystemTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('wharfinger catalog'))`.execute(tx);
}

/** Keeps a new version; the caller holds the lock. */
export async function insertVersion(
  tx: SystemTransaction,
  document: CatalogDocument,
  { effectiveFrom, publishedAt, note }: Required<Omit<CatalogVersion, 'version'>>,
): Promise<bigint> {
  const { rows } = await sql<{ version: bigint }>`
    insert into catalog_versions (version, effective_from, published_at, note, document)
    select coalesce(max(version), 0) + 1, ${effectiveFrom}, ${publishedAt}, ${note}, ${JSON.stringify(document)}::jsonb
    from catalog_versions
    returning version`.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('no version was kept');
  return row.version;
}
