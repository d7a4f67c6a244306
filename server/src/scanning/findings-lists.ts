/** SQL of the lists of an image's findings: filtered and paged. An image has some hundred of them, found by its key. */
import { sql, type Expression, type SqlBool } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { Filter } from '../platform/wire-lists.ts';
import type { LayerCommand } from './layer-commands.ts';
import type { Level } from './levels.ts';
import type { ScanningTables } from './scanning-tables.ts';
import type { VulnerableComponent } from './vulnerability-rows.ts';

export interface Page {
  offset: number;
  limit: number;
}

export interface FindingFilter<Name extends string> {
  name: Name;
  filter: Filter;
}

export const vulnerabilityFilters = ['Level', 'Name', 'CVEID', 'POCID', 'Component'] as const;
export const fileFindingFilters = ['Level', 'Name', 'Path'] as const;

export interface ListedVulnerability {
  id: string;
  title: string;
  level: Level;
  cvssScore: string;
  cvssVector: string;
  malicious: boolean;
  fixable: boolean;
  exploited: boolean;
  proofOfConcept: boolean;
  components: VulnerableComponent[];
  details: string;
  published: string;
  advisories: string[];
  links: string[];
}

/** Vulnerabilities of an image, the worst first. */
export async function listVulnerabilities(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  filters: readonly FindingFilter<(typeof vulnerabilityFilters)[number]>[],
  page: Page,
): Promise<{ rows: ListedVulnerability[]; total: number }> {
  const columns = {
    Level: (filter: Filter) => sql<SqlBool>`v.level = any(${levelsOf(filter)}::smallint[])`,
    Name: (filter: Filter) => matches(filter, ['v.title', 'v.vulnerability_id']),
    CVEID: (filter: Filter) => matches(filter, ['v.vulnerability_id']),
    POCID: (filter: Filter) => matches(filter, ['v.vulnerability_id']),
    Component: (filter: Filter) =>
      sql<SqlBool>`exists (select from jsonb_to_recordset(v.components) as c(name text) where ${matches(filter, ['c.name'])})`,
  } as const;
  const found = tx
    .withTables<ScanningTables>()
    .selectFrom('image_vulnerabilities as v')
    .where('v.tenant_id', '=', tenant)
    .where('v.image_id', '=', imageId)
    .where((where) => where.and(filters.map(({ name, filter }) => columns[name](filter))));
  const { total } = await found.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await found
    .innerJoin('vulnerability_texts as t', (join) =>
      join.onRef('t.tenant_id', '=', 'v.tenant_id').onRef('t.digest', '=', 'v.text_digest'),
    )
    .select(['v.vulnerability_id', 'v.title', 'v.level', 'v.cvss_score', 'v.cvss_vector', 'v.malicious', 'v.fixable'])
    .select([
      'v.exploited',
      'v.proof_of_concept',
      'v.components',
      't.details',
      't.published',
      't.advisories',
      't.links',
    ])
    .orderBy('v.level', 'desc')
    .orderBy('v.vulnerability_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return {
    total: Number(total),
    rows: rows.map((row) => ({
      id: row.vulnerability_id,
      title: row.title,
      level: row.level,
      cvssScore: row.cvss_score,
      cvssVector: row.cvss_vector,
      malicious: row.malicious,
      fixable: row.fixable,
      exploited: row.exploited,
      proofOfConcept: row.proof_of_concept,
      components: row.components,
      details: row.details,
      published: row.published,
      advisories: row.advisories,
      links: row.links,
    })),
  };
}

/** Sensitive data of an image, the worst first, or the other way round. */
export async function listSecrets(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  filters: readonly FindingFilter<(typeof fileFindingFilters)[number]>[],
  page: Page & { order: 'asc' | 'desc' },
) {
  const found = tx
    .withTables<ScanningTables>()
    .selectFrom('image_secrets as f')
    .where('f.tenant_id', '=', tenant)
    .where('f.image_id', '=', imageId)
    .where((where) => where.and(filters.map(({ name, filter }) => fileFindingColumns[name](filter))));
  const { total } = await found.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy('f.level', page.order)
    .orderBy('f.path')
    .orderBy('f.line')
    .orderBy('f.key')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { rows, total: Number(total) };
}

/** Malware of an image, the worst first. */
export async function listMalware(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  filters: readonly FindingFilter<(typeof fileFindingFilters)[number]>[],
  page: Page,
) {
  const found = tx
    .withTables<ScanningTables>()
    .selectFrom('image_malware as f')
    .where('f.tenant_id', '=', tenant)
    .where('f.image_id', '=', imageId)
    .where((where) => where.and(filters.map(({ name, filter }) => fileFindingColumns[name](filter))));
  const { total } = await found.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy('f.level', 'desc')
    .orderBy('f.path')
    .orderBy('f.key')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { rows, total: Number(total) };
}

/** The images that have a vulnerability, with the packages by which they have it. */
export async function imagesWithVulnerability(
  tx: AppTransaction,
  tenant: bigint,
  id: string,
): Promise<Map<string, VulnerableComponent[]>> {
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_vulnerabilities')
    .select(['image_id', 'components'])
    .where('tenant_id', '=', tenant)
    .where('vulnerability_id', '=', id)
    .execute();
  return new Map(rows.map((row) => [row.image_id, row.components]));
}

/** The build steps of an image's layers, by diff id. */
export async function readLayerCommands(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
): Promise<Map<string, string>> {
  const row = await tx
    .withTables<ScanningTables>()
    .selectFrom('image_results')
    .select('history')
    .where('tenant_id', '=', tenant)
    .where('image_id', '=', imageId)
    .executeTakeFirst();
  return new Map((row?.history ?? []).map(({ diffId, command }: LayerCommand) => [diffId, command]));
}

const fileFindingColumns = {
  Level: (filter: Filter) => sql<SqlBool>`f.level = any(${levelsOf(filter)}::smallint[])`,
  Name: (filter: Filter) => matches(filter, ['f.title', 'f.rule']),
  // Kept without the slash that they are shown with.
  Path: ({ values, exact }: Filter) =>
    matches({ values: values.map((value) => value.replace(/^\//, '')), exact }, ['f.path']),
} as const;

const levelWords: Record<string, Level> = {
  '1': 1,
  LOW: 1,
  '2': 2,
  MEDIUM: 2,
  MIDDLE: 2,
  '3': 3,
  HIGH: 3,
  '4': 4,
  CRITICAL: 4,
};

/** The levels that the values of a filter stand for, as numbers or words; what is no level is met by nothing. */
function levelsOf(filter: Filter): number[] {
  return filter.values.flatMap((value) => levelWords[value.trim().toUpperCase()] ?? []);
}

/** Any of the values is any of the columns, or stands in it; without regard to case. */
function matches({ values, exact }: Filter, columns: readonly string[]): Expression<SqlBool> {
  const wanted = values.map((value) => value.toLowerCase());
  const each = columns.map((column) =>
    exact
      ? sql<SqlBool>`lower(${sql.ref(column)}) = any(${wanted}::text[])`
      : sql<SqlBool>`exists (select from unnest(${wanted}::text[]) wanted where strpos(lower(${sql.ref(column)}), wanted) > 0)`,
  );
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`;
}
