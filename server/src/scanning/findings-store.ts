/** SQL of the findings of an image. A finding that is seen again keeps the time when it was first seen. */
import type { MalwareFinding, SecretFinding } from '@wharfinger/scanner';
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { levelOf } from './levels.ts';
import type { ScanningTables } from './scanning-tables.ts';
import { digestOf, storableJson, storableText } from './storable.ts';
import type { VulnerabilityRow } from './vulnerability-rows.ts';

/** Rows of one statement: PostgreSQL takes 65,535 parameters. */
const rowsAtOnce = 1_000;

/** The vulnerabilities of an image are these now. */
export async function replaceVulnerabilities(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  vulnerabilities: readonly VulnerabilityRow[],
  now: Temporal.Instant,
): Promise<void> {
  await insertTexts(tx, tenant, vulnerabilities);
  const findings = tx.withTables<ScanningTables>();
  await findings
    .deleteFrom('image_vulnerabilities')
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .where('vulnerability_id', '<>', sql<string>`all(${vulnerabilities.map(({ id }) => storableText(id))}::text[])`)
    .execute();
  const rows = vulnerabilities.map((row) => ({
    tenant_id: tenant,
    image_id: imageId,
    vulnerability_id: storableText(row.id),
    title: storableText(row.title),
    level: row.level,
    cvss_score: row.cvssScore,
    cvss_vector: storableText(row.cvssVector),
    malicious: row.malicious,
    fixable: row.fixable,
    exploited: row.exploited,
    exploited_since: row.exploitedSince,
    proof_of_concept: row.proofOfConcept,
    epss_score: row.epss?.score ?? null,
    epss_percentile: row.epss?.percentile ?? null,
    components: storableJson(row.components),
    text_digest: row.text.digest,
    first_seen: now,
    last_seen: now,
  }));
  for (const some of inChunks(rows)) {
    await findings
      .insertInto('image_vulnerabilities')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'image_id', 'vulnerability_id']).doUpdateSet((row) => ({
          title: row.ref('excluded.title'),
          level: row.ref('excluded.level'),
          cvss_score: row.ref('excluded.cvss_score'),
          cvss_vector: row.ref('excluded.cvss_vector'),
          malicious: row.ref('excluded.malicious'),
          fixable: row.ref('excluded.fixable'),
          exploited: row.ref('excluded.exploited'),
          exploited_since: row.ref('excluded.exploited_since'),
          proof_of_concept: row.ref('excluded.proof_of_concept'),
          epss_score: row.ref('excluded.epss_score'),
          epss_percentile: row.ref('excluded.epss_percentile'),
          components: row.ref('excluded.components'),
          text_digest: row.ref('excluded.text_digest'),
          last_seen: row.ref('excluded.last_seen'),
        })),
      )
      .execute();
  }
}

/** Texts are kept in the order of their digests, so that two scans at once wait for each other and never in a circle. */
async function insertTexts(tx: AppTransaction, tenant: bigint, rows: readonly VulnerabilityRow[]): Promise<void> {
  const texts = [...new Map(rows.map(({ text }) => [text.digest, text])).values()];
  const values = texts
    .toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
    .map((text) => ({
      tenant_id: tenant,
      digest: text.digest,
      details: storableText(text.details),
      published: storableText(text.published),
      advisories: text.advisories.map(storableText),
      other_ids: text.otherIds.map(storableText),
      links: text.links.map(storableText),
    }));
  for (const some of inChunks(values)) {
    await tx
      .withTables<ScanningTables>()
      .insertInto('vulnerability_texts')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** The sensitive data of an image is this now. */
export async function replaceSecrets(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  secrets: readonly SecretFinding[],
  now: Temporal.Instant,
): Promise<void> {
  const rows = byKey(
    secrets.map((secret) => ({
      tenant_id: tenant,
      image_id: imageId,
      key: digestOf(secret.rule, secret.path, secret.line, secret.fingerprint, secret.layer),
      rule: storableText(secret.rule),
      title: storableText(secret.title),
      level: levelOf(secret.severity),
      path: storableText(secret.path),
      line: secret.line,
      layer: secret.layer,
      hidden: secret.hidden,
      redacted: storableText(secret.redacted),
      first_seen: now,
      last_seen: now,
    })),
  );
  await deleteOthers(tx, 'image_secrets', tenant, imageId, rows);
  for (const some of inChunks(rows)) {
    await tx
      .withTables<ScanningTables>()
      .insertInto('image_secrets')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'image_id', 'key']).doUpdateSet((row) => ({
          title: row.ref('excluded.title'),
          level: row.ref('excluded.level'),
          hidden: row.ref('excluded.hidden'),
          redacted: row.ref('excluded.redacted'),
          last_seen: row.ref('excluded.last_seen'),
        })),
      )
      .execute();
  }
}

/** The malware of an image is this now. */
export async function replaceMalware(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  malware: readonly MalwareFinding[],
  now: Temporal.Instant,
): Promise<void> {
  const rows = byKey(
    malware.map((hit) => ({
      tenant_id: tenant,
      image_id: imageId,
      key: digestOf(hit.rule, hit.path, hit.layer),
      rule: storableText(hit.rule),
      title: storableText(hit.title),
      level: levelOf(hit.severity),
      category: storableText(hit.category),
      author: storableText(hit.author),
      tags: hit.tags.map(storableText),
      path: storableText(hit.path),
      layer: hit.layer,
      size_bytes: BigInt(hit.sizeBytes),
      md5: hit.md5,
      sha256: hit.sha256,
      first_seen: now,
      last_seen: now,
    })),
  );
  await deleteOthers(tx, 'image_malware', tenant, imageId, rows);
  for (const some of inChunks(rows)) {
    await tx
      .withTables<ScanningTables>()
      .insertInto('image_malware')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'image_id', 'key']).doUpdateSet((row) => ({
          title: row.ref('excluded.title'),
          level: row.ref('excluded.level'),
          category: row.ref('excluded.category'),
          author: row.ref('excluded.author'),
          tags: row.ref('excluded.tags'),
          last_seen: row.ref('excluded.last_seen'),
        })),
      )
      .execute();
  }
}

async function deleteOthers(
  tx: AppTransaction,
  table: 'image_secrets' | 'image_malware',
  tenant: bigint,
  imageId: string,
  rows: readonly { key: string }[],
): Promise<void> {
  await tx
    .withTables<ScanningTables>()
    .deleteFrom(table)
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .where('key', '<>', sql<string>`all(${rows.map(({ key }) => key)}::text[])`)
    .execute();
}

/** One row for each key: a statement cannot touch a row twice. */
function byKey<Row extends { key: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}

function inChunks<Row>(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, index) =>
    rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce),
  );
}
