/** SQL of the results: one for each image ID of a tenant, with its findings and their kept counts. */
import type { Inventory, MalwareFinding, Reason, RiskClass, SecretFinding } from '@wharfinger/scanner';
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { LayerCommand } from './layer-commands.ts';
import { replaceMalware, replaceSecrets, replaceVulnerabilities } from './findings-store.ts';
import { describeIncomplete } from './reasons.ts';
import type { ScanningTables } from './scanning-tables.ts';
import { packJson, storableJson, storableText, unpackJson } from './storable.ts';
import type { VulnerabilityRow } from './vulnerability-rows.ts';

/** What a scan has found, ready to be kept. */
export interface ScanResult {
  riskClasses: readonly RiskClass[];
  /** What was not looked into: single files. Empty when complete. */
  reasons: readonly Reason[];
  /** Digests of the layers as stored, bottom up. */
  layers: readonly string[];
  history: readonly LayerCommand[];
  matched: MatchedInventory;
  secrets: readonly SecretFinding[];
  malware: readonly MalwareFinding[];
}

export type MatchableInventory = Pick<Inventory, 'operatingSystem' | 'packages'>;

/** Vulnerabilities of an inventory, and the state of the advisories that told of them. */
export interface MatchedInventory {
  inventory: MatchableInventory;
  vulnerabilities: readonly VulnerabilityRow[];
  generation: bigint;
}

/**
 * Keeps the result of a scan in place of an older one; classes that it did not look for keep what they had. Gives whether
 * the image had a result before: of two scans at once one is the first.
 */
export async function storeResult(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  result: ScanResult,
  now: Temporal.Instant,
): Promise<{ hadResult: boolean; atRisk: boolean }> {
  const has = (riskClass: RiskClass) => result.riskClasses.includes(riskClass);
  const { inventory, vulnerabilities, generation } = result.matched;
  const facts = {
    scanned_at: now,
    ...(has('vulnerabilities') && { vulnerabilities_at: now }),
    ...(has('secrets') && { secrets_at: now }),
    ...(has('malware') && { malware_at: now }),
    complete: result.reasons.length === 0,
    reason: storableText(describeIncomplete(result.reasons)),
    operating_system: storableText(inventory.operatingSystem?.name ?? ''),
    layers: [...result.layers],
    history: storableJson(result.history),
    inventory: await packJson(inventory),
    package_count: inventory.packages.length,
    advisory_generation: generation,
  };
  const results = tx.withTables<ScanningTables>();
  const inserted = await results
    .insertInto('image_results')
    .values({ tenant_id: tenant, image_id: imageId, first_scanned_at: now, ...emptyTimes, ...facts })
    .onConflict((conflict) => conflict.doNothing())
    .returning('image_id')
    .executeTakeFirst();
  if (!inserted) {
    await results
      .updateTable('image_results')
      .set(facts)
      .where('tenant_id', '=', tenant)
      .where('image_id', '=', imageId)
      .execute();
  }
  if (has('vulnerabilities')) await replaceVulnerabilities(tx, tenant, imageId, vulnerabilities, now);
  if (has('secrets')) await replaceSecrets(tx, tenant, imageId, result.secrets, now);
  if (has('malware')) await replaceMalware(tx, tenant, imageId, result.malware, now);
  return { hadResult: inserted === undefined, atRisk: await keepCounts(tx, tenant, imageId) };
}

const emptyTimes = { vulnerabilities_at: null, secrets_at: null, malware_at: null };

export async function hasResult(tx: AppTransaction, tenant: bigint, imageId: string): Promise<boolean> {
  const row = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_results')
    .select('image_id')
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of these images have a result. */
export async function imagesWithResult(
  tx: AppTransaction,
  tenant: bigint,
  imageIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_results')
    .select('image_id')
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', sql<string>`any(${imageIds})`)
    .execute();
  return new Set(rows.map((row) => row.image_id));
}

/** An image whose vulnerabilities were matched against older advisories. */
export interface OutdatedResult {
  imageId: string;
  scannedAt: Temporal.Instant;
  inventory: MatchableInventory;
}

/** Images that were last matched before this generation, a number of them, after this image ID. */
export async function outdatedResults(
  tx: AppTransaction,
  tenant: bigint,
  generation: bigint,
  after: string,
  limit: number,
): Promise<OutdatedResult[]> {
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_results')
    .select(['image_id', 'scanned_at', 'inventory'])
    .where('tenant_id', '=', tenant)
    .where('advisory_generation', '<', generation)
    .where('vulnerabilities_at', 'is not', null)
    .where('image_id', '>', after)
    .orderBy('image_id')
    .limit(limit)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      imageId: row.image_id,
      scannedAt: row.scanned_at,
      inventory: (await unpackJson(row.inventory)) as MatchableInventory,
    })),
  );
}

/**
 * Keeps what newer advisories tell of a stored inventory, and gives whether the image has findings now. Undefined when a
 * scan or another match was there meanwhile.
 */
export async function storeRematch(
  tx: AppTransaction,
  tenant: bigint,
  { imageId, scannedAt }: Pick<OutdatedResult, 'imageId' | 'scannedAt'>,
  { vulnerabilities, generation }: Pick<MatchedInventory, 'vulnerabilities' | 'generation'>,
  now: Temporal.Instant,
): Promise<{ atRisk: boolean } | undefined> {
  const { numUpdatedRows } = await tx
    .withTables<ScanningTables>()
    .updateTable('image_results')
    .set({ advisory_generation: generation, vulnerabilities_at: now })
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .where('scanned_at', '=', scannedAt)
    .where('advisory_generation', '<', generation)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  await replaceVulnerabilities(tx, tenant, imageId, vulnerabilities, now);
  return { atRisk: await keepCounts(tx, tenant, imageId) };
}

/** Drops the results and the scan states of images that the tenant no longer has. */
export async function deleteResults(tx: AppTransaction, tenant: bigint, imageIds: readonly string[]): Promise<void> {
  for (const table of ['image_results', 'image_scans'] as const) {
    await tx
      .withTables<ScanningTables>()
      .deleteFrom(table)
      .where('tenant_id', '=', tenant)
      .where('image_id', '=', sql<string>`any(${imageIds})`)
      .execute();
  }
}

/** Drops texts that no image needs any more, and indexes of layers that no image with a result has. */
export async function dropUnneeded(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`
    delete from vulnerability_texts t where t.tenant_id = ${tenant} and not exists (
      select from image_vulnerabilities v where v.tenant_id = t.tenant_id and v.text_digest = t.digest)`.execute(tx);
  await sql`
    delete from layer_indexes where tenant_id = ${tenant} and layer not in (
      select unnest(layers) from image_results where tenant_id = ${tenant})`.execute(tx);
}

/** Counts the findings anew; gives whether there are any. */
async function keepCounts(tx: AppTransaction, tenant: bigint, imageId: string): Promise<boolean> {
  const { rows } = await sql<{ at_risk: boolean }>`
    update image_results r set critical = v.critical, high = v.high, medium = v.medium, low = v.low, fixable = v.fixable,
      secrets = (select count(*) from image_secrets s where s.tenant_id = r.tenant_id and s.image_id = r.image_id),
      malware = (select count(*) from image_malware m where m.tenant_id = r.tenant_id and m.image_id = r.image_id)
    from (select count(*) filter (where level = 4) as critical, count(*) filter (where level = 3) as high,
        count(*) filter (where level = 2) as medium, count(*) filter (where level = 1) as low,
        count(*) filter (where fixable) as fixable
      from image_vulnerabilities where tenant_id = ${tenant} and image_id = ${imageId}) v
    where r.tenant_id = ${tenant} and r.image_id = ${imageId}
    returning r.critical + r.high + r.medium + r.low + r.secrets + r.malware > 0 as at_risk`.execute(tx);
  return rows[0]?.at_risk ?? false;
}
