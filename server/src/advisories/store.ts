/** SQL of the tables of advisories. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { advisoryKey, keyText, supersedes, type AdvisoryKey, type OsvRecord } from '@wharfinger/scanner';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';

type AdvisoryTables = {
  advisory_records: {
    id: string;
    modified: Temporal.Instant;
    sha256: string;
    record: OsvRecord;
    withdrawn: boolean;
    source: string;
    imported_at: Temporal.Instant;
  };
  advisory_packages: { ecosystem: string; name: string; record_id: string };
  advisory_sources: { source: string; imported_at: Temporal.Instant };
  advisory_state: { only_row: boolean; generation: bigint; starter_version: string };
};

export interface ImportCounts {
  added: number;
  updated: number;
  unchanged: number;
}

/** The source of the records that come with the scanner. */
export const starterSource = 'starter';

/**
 * Keeps the records that are new, or newer than the one with their id, or in the place of one from the starter set.
 * The generation grows when any was kept.
 */
export async function keepRecords(
  tx: SystemTransaction,
  records: readonly OsvRecord[],
  source: string,
  now: Temporal.Instant,
): Promise<ImportCounts> {
  await noteSource(tx, source, now);
  const rows = newestOfEach(records).map(toRow);
  const kept = await upsertRecords(tx, rows, source, now);
  const changed = new Map(kept.map(({ id, added }) => [id, added]));
  const added = kept.filter((row) => row.added).length;
  const updated = kept.filter((row) => !row.added).map(({ id }) => id);
  if (updated.length > 0) {
    await sql`delete from advisory_packages where record_id = any(${updated})`.execute(tx);
  }
  await insertPackages(
    tx,
    rows.filter(({ id }) => changed.has(id)),
  );
  if (changed.size > 0) await growGeneration(tx);
  return { added, updated: updated.length, unchanged: rows.length - changed.size };
}

interface Row {
  id: string;
  modified: string;
  sha256: string;
  text: string;
  withdrawn: boolean;
  keys: AdvisoryKey[];
}

function toRow(record: OsvRecord): Row {
  const text = JSON.stringify(record);
  const keys = new Map(
    record.affected.map(({ ecosystem, name }) => {
      const key = advisoryKey(ecosystem, name);
      return [keyText(key), key] as const;
    }),
  );
  return {
    id: record.id,
    modified: record.modified,
    sha256: createHash('sha256').update(text).digest('hex'),
    text,
    withdrawn: record.withdrawn !== undefined,
    keys: [...keys.values()],
  };
}

/** In the order of their ids: two imports at once then wait for each other instead of getting stuck. */
function newestOfEach(records: readonly OsvRecord[]): OsvRecord[] {
  const byId = new Map<string, OsvRecord>();
  for (const record of records) {
    const other = byId.get(record.id);
    if (other === undefined || supersedes(record, other)) byId.set(record.id, record);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function upsertRecords(
  tx: SystemTransaction,
  rows: readonly Row[],
  source: string,
  now: Temporal.Instant,
): Promise<{ id: string; added: boolean }[]> {
  const result = await sql<{ id: string; added: boolean }>`
    insert into advisory_records (id, modified, sha256, record, withdrawn, source, imported_at)
    select id, modified, sha256, record::jsonb, withdrawn, ${source}, ${now}
    from unnest(
      ${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ modified }) => modified)}::timestamptz[],
      ${rows.map(({ sha256 }) => sha256)}::text[],
      ${rows.map(({ text }) => text)}::text[],
      ${rows.map(({ withdrawn }) => withdrawn)}::boolean[]
    ) as incoming (id, modified, sha256, record, withdrawn)
    on conflict (id) do update set
      modified = excluded.modified, sha256 = excluded.sha256, record = excluded.record, withdrawn = excluded.withdrawn,
      source = excluded.source, imported_at = excluded.imported_at
    where advisory_records.sha256 <> excluded.sha256
      and (advisory_records.source = ${starterSource}
        or (excluded.source <> ${starterSource} and excluded.modified >= advisory_records.modified))
    returning id, (xmax = 0) as added`.execute(tx);
  return result.rows;
}

async function insertPackages(tx: SystemTransaction, rows: readonly Row[]): Promise<void> {
  const packages = rows.flatMap(({ id, keys }) => keys.map((key) => ({ ...key, id })));
  if (packages.length === 0) return;
  await sql`
    insert into advisory_packages (ecosystem, name, record_id)
    select * from unnest(
      ${packages.map(({ ecosystem }) => ecosystem)}::text[],
      ${packages.map(({ name }) => name)}::text[],
      ${packages.map(({ id }) => id)}::text[]
    )`.execute(tx);
}

export async function noteSource(tx: SystemTransaction, source: string, now: Temporal.Instant): Promise<void> {
  await tx
    .withTables<AdvisoryTables>()
    .insertInto('advisory_sources')
    .values({ source, imported_at: now })
    .onConflict((conflict) => conflict.column('source').doUpdateSet({ imported_at: now }))
    .execute();
}

export async function growGeneration(tx: SystemTransaction): Promise<void> {
  await sql`update advisory_state set generation = generation + 1`.execute(tx);
}

/** Grows whenever records, or what is known of flaws, change. */
export async function advisoryGeneration(tx: AppTransaction | SystemTransaction): Promise<bigint> {
  const { generation } = await tx
    .withTables<AdvisoryTables>()
    .selectFrom('advisory_state')
    .select('generation')
    .executeTakeFirstOrThrow();
  return generation;
}

/** The records that name any of these packages, withdrawn ones left out. */
export async function findRecords(
  tx: AppTransaction | SystemTransaction,
  keys: readonly AdvisoryKey[],
): Promise<OsvRecord[]> {
  const result = await sql<{ record: OsvRecord }>`
    select record from advisory_records
    where not withdrawn and id in (
      select record_id from advisory_packages
      join unnest(
        ${keys.map(({ ecosystem }) => ecosystem)}::text[], ${keys.map(({ name }) => name)}::text[]
      ) as wanted (ecosystem, name) using (ecosystem, name))`.execute(tx);
  return result.rows.map(({ record }) => record);
}

/** Our own starter set bears the first day that there is, so that every published record is newer: that is no date to show. */
const undatedBefore = Temporal.Instant.from('0002-01-01T00:00:00Z');

export async function summarize(tx: AppTransaction | SystemTransaction): Promise<{ records: number; newest: string }> {
  const { rows } = await sql<{ records: bigint; newest: Temporal.Instant | null }>`
    select count(*) as records, max(modified) filter (where modified > ${undatedBefore}) as newest
    from advisory_records where not withdrawn`.execute(tx);
  const [row] = rows;
  return { records: Number(row?.records ?? 0n), newest: row?.newest?.toString() ?? '' };
}

export interface AdvisorySource {
  source: string;
  records: number;
  /** That it tells something of beyond records: see `flaw-store.ts`. */
  flaws: number;
  newest?: Temporal.Instant;
  importedAt: Temporal.Instant;
}

/** Where records came from. A source whose records all have newer ones from elsewhere has none left. */
export async function listSources(tx: SystemTransaction): Promise<AdvisorySource[]> {
  const { rows } = await sql<{
    source: string;
    records: bigint;
    flaws: bigint;
    newest: Temporal.Instant | null;
    imported_at: Temporal.Instant;
  }>`
    select s.source, s.imported_at, count(r.id) as records,
      (select count(*) from advisory_flaws f where f.source = s.source) as flaws,
      max(r.modified) filter (where r.modified > ${undatedBefore}) as newest
    from advisory_sources s left join advisory_records r on r.source = s.source and not r.withdrawn
    group by s.source order by s.source`.execute(tx);
  return rows.map((row) => ({
    source: row.source,
    records: Number(row.records),
    flaws: Number(row.flaws),
    ...(row.newest ? { newest: row.newest } : {}),
    importedAt: row.imported_at,
  }));
}

/** Which starter set is in the store; locks it against another process that starts at the same time. */
export async function lockStarterVersion(tx: SystemTransaction): Promise<string> {
  const { starter_version: version } = await tx
    .withTables<AdvisoryTables>()
    .selectFrom('advisory_state')
    .select('starter_version')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return version;
}

/** Notes the version, and forgets rows of earlier sets. */
export async function finishStarterVersion(
  tx: SystemTransaction,
  version: string,
  ids: readonly string[],
): Promise<void> {
  const tables = tx.withTables<AdvisoryTables>();
  const { numDeletedRows } = await tables
    .deleteFrom('advisory_records')
    .where('source', '=', starterSource)
    .where('id', 'not in', ids)
    .executeTakeFirst();
  if (numDeletedRows > 0n) await growGeneration(tx);
  await tables.updateTable('advisory_state').set({ starter_version: version }).execute();
}
