/**
 * The counter of registry images that have a result. It changes with results and with the catalogue; whoever changes either
 * counts under one lock, taken last, so that of two changes at once the later one sees the other.
 */
import { sql } from 'kysely';
import { listRegistryImageIds } from '../assets/index.ts';
import { count, counterNames, readCounters } from '../platform/counters/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import type { ScanningTables } from './scanning-tables.ts';

/** An image has got its first result: all of its places count now. */
export async function countNewlyScanned(tx: AppTransaction, tenant: bigint, imageId: string): Promise<void> {
  await holdCounter(tx, tenant);
  const places = await listRegistryImageIds(tx, tenant, { imageIds: [imageId] });
  await count(tx, tenant, counterNames.scannedRegistryImages, BigInt(places.length));
}

/** The catalogue has changed: counts anew. */
export async function recountScanned(tx: AppTransaction, tenant: bigint): Promise<void> {
  await holdCounter(tx, tenant);
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_results')
    .select('image_id')
    .where('tenant_id', '=', tenant)
    .execute();
  const places = await listRegistryImageIds(tx, tenant, { imageIds: rows.map((row) => row.image_id) });
  const counted = (await readCounters(tx, tenant))(counterNames.scannedRegistryImages);
  await count(tx, tenant, counterNames.scannedRegistryImages, BigInt(places.length) - counted);
}

async function holdCounter(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`wharfinger scanned images ${tenant}`}, 0))`.execute(tx);
}
