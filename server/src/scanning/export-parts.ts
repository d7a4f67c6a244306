/** What this domain gives when everything is exported: tasks, results with their inventories, and findings. */
import { sql } from 'kysely';
import { cursorRows, tablePart, type ExportedTable, type ExportPart } from '../platform/export/index.ts';
import { unpackJson } from './storable.ts';

const seen = ['first_seen', 'last_seen'];

const resultColumns = [
  'image_id',
  'first_scanned_at',
  'scanned_at',
  'vulnerabilities_at',
  'secrets_at',
  'malware_at',
  'complete',
  'reason',
  'operating_system',
  'layers',
  'history',
  'package_count',
  'advisory_generation',
  'critical',
  'high',
  'medium',
  'low',
  'fixable',
  'secrets',
  'malware',
];

const results: ExportedTable = { table: 'image_results', columns: [...resultColumns, 'inventory'] };

/** Inventories lie packed; so many of them are in memory at once. */
const inventoriesAtOnce = 20;

const resultsPart: ExportPart = {
  domain: 'scanning',
  name: 'results',
  tables: [results],
  async *lines(tx) {
    const columns = sql.join(resultColumns.map((column) => sql.ref(column)));
    const rows = cursorRows<{ facts: Record<string, unknown>; inventory: Buffer }>(
      tx,
      sql`
        select row_to_json(r) as facts, inventory
        from image_results i, lateral (select ${columns}) r
        where i.tenant_id = current_tenant() order by i.image_id`,
      inventoriesAtOnce,
    );
    for await (const { facts, inventory } of rows) {
      yield JSON.stringify({ ...facts, inventory: await unpackJson(inventory) });
    }
  },
};

export const scanningExport: readonly ExportPart[] = [
  tablePart('scanning', 'scan-tasks', {
    table: 'scan_tasks',
    columns: ['id', 'kind', 'risk_classes', 'timeout_seconds', 'created_at', 'image_count', 'ended_count', 'ended_at'],
    orderBy: ['id'],
  }),
  tablePart('scanning', 'scan-task-images', {
    table: 'scan_task_images',
    columns: [
      'task_id',
      'image_id',
      'state',
      'run',
      'failures',
      'progress',
      'started_at',
      'ended_at',
      'reason_code',
      'reason',
    ],
    orderBy: ['task_id', 'image_id'],
  }),
  tablePart('scanning', 'scan-task-places', {
    table: 'scan_task_places',
    columns: ['task_id', 'registry_image_id', 'image_id'],
    orderBy: ['task_id', 'registry_image_id'],
  }),
  tablePart('scanning', 'image-scans', {
    table: 'image_scans',
    columns: ['image_id', 'task_id', 'risk_classes', 'state', 'reason_code', 'reason'],
    orderBy: ['image_id'],
  }),
  resultsPart,
  tablePart('scanning', 'vulnerabilities', {
    table: 'image_vulnerabilities',
    columns: [
      'image_id',
      'vulnerability_id',
      'title',
      'level',
      'cvss_score',
      'cvss_vector',
      'malicious',
      'fixable',
      'exploited',
      'exploited_since',
      'proof_of_concept',
      'epss_score',
      'epss_percentile',
      'components',
      'text_digest',
      ...seen,
    ],
    orderBy: ['image_id', 'vulnerability_id'],
  }),
  tablePart('scanning', 'vulnerability-texts', {
    table: 'vulnerability_texts',
    columns: ['digest', 'details', 'published', 'advisories', 'other_ids', 'links'],
    orderBy: ['digest'],
  }),
  tablePart('scanning', 'sensitive-data', {
    table: 'image_secrets',
    columns: ['image_id', 'key', 'rule', 'title', 'level', 'path', 'line', 'layer', 'hidden', 'redacted', ...seen],
    orderBy: ['image_id', 'key'],
  }),
  tablePart('scanning', 'malware', {
    table: 'image_malware',
    columns: [
      'image_id',
      'key',
      'rule',
      'title',
      'level',
      'category',
      'author',
      'tags',
      'path',
      'layer',
      'size_bytes',
      'md5',
      'sha256',
      ...seen,
    ],
    orderBy: ['image_id', 'key'],
  }),
];
