import type { OsvRecord } from '../advisories/osv-record.ts';
import { starterSeverity } from '../advisories/starter-advisories.ts';
import type { VulnerabilityFinding } from '../model.ts';
import type { Comparator } from './comparators/comparator.ts';
import { findEcosystem, type AdvisoryKey } from './ecosystems.ts';
import { cvesNamedBy, groupByFlaw } from './group-by-flaw.ts';
import { isAffected } from './is-affected.ts';
import { compareTimes, type Candidate } from './match-records.ts';
import { judgeSeverity } from './severity.ts';

/** A finding without the package: the same wherever that version is installed. */
export type Flaw = Omit<VulnerabilityFinding, 'package'>;

const mostReferences = 50;
const mostDetailsLength = 16_384;
const mostTitleLength = 200;

/** The flaws that the matched records of one package tell of, each once, with all its ids. */
export function mergeFlaws(matched: readonly Candidate[], key: AdvisoryKey, version: string): Flaw[] {
  const ecosystem = findEcosystem(key.ecosystem);
  if (ecosystem === undefined) return [];
  return [...groupByFlaw(matched, ecosystem.isDistribution)].map(([id, group]) => {
    const standing = withoutStandIns(group);
    const records = byUse(id, standing);
    const malicious = records.some((record) => record.id.startsWith('MAL-'));
    const { severity, cvss } = judgeSeverity(standing);
    const fixed = fixedVersions(standing, version, ecosystem.comparator);
    const willNotFix = fixed.length === 0 && !malicious && standing.some(saysWillNotFix);
    return {
      id,
      otherIds: otherIds(id, records, ecosystem.isDistribution),
      advisories: records.map((record) => record.id).sort(),
      advisoryName: key.name,
      severity: malicious ? 'critical' : severity === 'unknown' ? starterSeverity(id) : severity,
      ...(cvss ? { cvss } : {}),
      fixedVersions: fixed,
      ...(willNotFix ? { willNotFix } : {}),
      title: titleOf(records) || `${id} in ${key.name}`,
      details: records.find((record) => record.details)?.details?.slice(0, mostDetailsLength) ?? '',
      references: [...new Set(records.flatMap((record) => record.references))].slice(0, mostReferences),
      published: firstPublished(records),
      malicious,
    };
  });
}

function saysWillNotFix({ entries }: Candidate): boolean {
  return entries.some((entry) => entry.willNotFix);
}

/** Our own starter facts yield to a published record of the same flaw. */
function withoutStandIns(group: readonly Candidate[]): readonly Candidate[] {
  const published = group.filter(({ record }) => !record.starter);
  return published.length > 0 ? published : group;
}

/** The record of the flaw's own id first: its words are about nothing else. */
function byUse(id: string, group: readonly Candidate[]): OsvRecord[] {
  const records = group.map(({ record }) => record).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [...records.filter((record) => record.id === id), ...records.filter((record) => record.id !== id)];
}

/** Without the CVEs that are flaws of their own beside this one. */
function otherIds(id: string, records: readonly OsvRecord[], isDistribution: boolean): string[] {
  const ids = new Set(records.flatMap((record) => [record.id, ...record.aliases]));
  for (const cve of records.flatMap((record) => cvesNamedBy(record, isDistribution))) ids.delete(cve);
  ids.delete(id);
  return [...ids].sort();
}

function titleOf(records: readonly OsvRecord[]): string {
  const summary = records.find((record) => record.summary?.trim())?.summary;
  const details = records.find((record) => record.details?.trim())?.details ?? '';
  const line = summary ?? details.split('\n').find((text) => /[\p{L}\p{N}]/u.test(text)) ?? '';
  const title = line
    .replace(/^[#\s]+/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return title.length > mostTitleLength ? `${title.slice(0, mostTitleLength - 1).trimEnd()}…`.toWellFormed() : title;
}

/** The versions above the installed one that none of the records affects any more, lowest first. */
function fixedVersions(group: readonly Candidate[], version: string, comparator: Comparator): string[] {
  const entries = group.flatMap((candidate) => candidate.entries);
  const installed = comparator.parse(version);
  const told = new Set(
    entries.flatMap(({ ranges }) => ranges.flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []))),
  );
  return [...told]
    .flatMap((text) => {
      const parsed = comparator.parse(text);
      return parsed === undefined ? [] : [{ text, parsed }];
    })
    .filter(({ parsed }) => installed !== undefined && comparator.compare(parsed, installed) > 0)
    .filter(({ text }) => !entries.some((entry) => isAffected(entry, text)))
    .sort((a, b) => comparator.compare(a.parsed, b.parsed))
    .map(({ text }) => text);
}

function firstPublished(records: readonly OsvRecord[]): string {
  return records.flatMap((record) => record.published ?? []).sort(compareTimes)[0] ?? '';
}
