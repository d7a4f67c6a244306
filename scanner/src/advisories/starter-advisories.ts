/** The starter set: facts of our own on well-known vulnerabilities. See `starter/README.md`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cvesNamedBy } from '../matching/group-by-flaw.ts';
import { findEcosystem } from '../matching/ecosystems.ts';
import type { Severity } from '../model.ts';
import type { OsvAffected, OsvRecord } from './osv-record.ts';

const files = ['alpine.jsonl', 'debian.jsonl', 'go.jsonl', 'npm.jsonl', 'pypi.jsonl'];
const row = z.strictObject({
  id: z.string(),
  cve: z.string().regex(/^CVE-\d{4}-\d{4,}$/),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  title: z.string(),
  affected: z.array(z.tuple([z.string(), z.string(), z.string(), z.string().nullable()])).min(1),
});
/** Older than anything published: a record of the same id always takes the place of ours. */
const modified = '0001-01-01T00:00:00Z';

let records: readonly OsvRecord[] | undefined;
let severities: ReadonlyMap<string, Severity> | undefined;

/** The records of the starter set. */
export function starterAdvisories(): readonly OsvRecord[] {
  records ??= files.flatMap(readFile);
  return records;
}

/** How bad the starter set knows a flaw to be: most records of distributions do not tell. */
export function starterSeverity(cve: string): Severity {
  severities ??= new Map(
    starterAdvisories().flatMap((record) => cvesNamedBy(record, true).map((id) => [id, wordOf(record)] as const)),
  );
  return severities.get(cve) ?? 'unknown';
}

function wordOf(record: OsvRecord): Severity {
  return row.shape.severity.parse(record.severityWord);
}

function readFile(name: string): OsvRecord[] {
  const text = readFileSync(new URL(`starter/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => toRecord(row.parse(JSON.parse(line))));
}

function toRecord({ id, cve, severity, title, affected }: z.output<typeof row>): OsvRecord {
  const isDistribution = affected.every(([ecosystem]) => findEcosystem(ecosystem)?.isDistribution);
  return {
    id,
    modified,
    aliases: isDistribution ? [] : [cve],
    upstream: isDistribution ? [cve] : [],
    related: [],
    summary: title,
    severity: [],
    affected: affected.map(toAffected),
    references: [`https://nvd.nist.gov/vuln/detail/${cve}`],
    severityWord: severity,
    starter: true,
  };
}

function toAffected([ecosystem, name, introduced, fixed]: z.output<typeof row>['affected'][number]): OsvAffected {
  return {
    ecosystem,
    name,
    ranges: [{ type: 'ECOSYSTEM', events: fixed === null ? [{ introduced }] : [{ introduced }, { fixed }] }],
    versions: [],
    severity: [],
  };
}
