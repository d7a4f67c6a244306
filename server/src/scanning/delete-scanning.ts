/** What goes when image scan, or what it stands on, has ended. Its scans were stopped with the end. Source: product rules, 4. */
import { sql } from 'kysely';
import { setImagesSafe } from '../assets/index.ts';
import { dropCounters } from '../platform/counters/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { deleteSome } from '../platform/database/delete-some.ts';
import type { DeletionHook } from '../subscriptions/index.ts';
import { takeTurn } from './take-turn.ts';

const findingTables = [
  ['vulnerabilities', 'image_vulnerabilities'],
  ['sensitive-data', 'image_secrets'],
  ['malware', 'image_malware'],
] as const;

/** After the results, in the order of their foreign keys. */
const otherTables = [
  ['vulnerability-texts', 'vulnerability_texts'],
  ['scan-states', 'image_scans'],
  ['task-places', 'scan_task_places'],
  ['task-images', 'scan_task_images'],
  ['tasks', 'scan_tasks'],
  ['layer-indexes', 'layer_indexes'],
] as const;

/** So many results, or layers, are some hundred megabytes at the most. */
const largeRowsAtOnce = 500;

export const deleteScanning: DeletionHook = {
  domain: 'scanning',
  of: ['image-scan', 'professional', 'trial'],
  async deletePiece({ tx, tenant, limit }) {
    await takeTurn(tx, tenant);
    const counts: Record<string, number> = { results: 0 };
    let left = limit;
    const take = (kind: string, deleted: number) => {
      counts[kind] = (counts[kind] ?? 0) + deleted;
      left -= deleted;
    };
    // The next table has its turn when the one before is empty.
    for (const [kind, table] of findingTables) take(kind, left > 0 ? await deleteSome(tx, table, tenant, left) : 0);
    if (left > 0 && (await deleteResults(tx, tenant, take)) > 0) left = 0;
    for (const [kind, table] of otherTables) {
      const most = table === 'layer_indexes' ? Math.min(left, largeRowsAtOnce) : left;
      take(kind, most > 0 ? await deleteSome(tx, table, tenant, most) : 0);
    }
    if (left > 0) await dropCounters(tx, tenant, 'scanning');
    return counts;
  },
};

/** Some results, with the findings that newer advisories have brought since. */
async function deleteResults(
  tx: AppTransaction,
  tenant: bigint,
  take: (kind: string, deleted: number) => void,
): Promise<number> {
  const { rows } = await sql<{ image_id: string }>`
    select image_id from image_results where tenant_id = ${tenant} order by image_id limit ${largeRowsAtOnce} for update`.execute(
    tx,
  );
  const imageIds = rows.map((row) => row.image_id);
  if (imageIds.length === 0) return 0;
  for (const [kind, table] of findingTables) {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where tenant_id = ${tenant} and image_id = any(${imageIds})`.execute(tx);
    take(kind, Number(numAffectedRows));
  }
  await sql`delete from image_results where tenant_id = ${tenant} and image_id = any(${imageIds})`.execute(tx);
  take('results', imageIds.length);
  await setImagesSafe(tx, tenant, imageIds);
  return imageIds.length;
}
