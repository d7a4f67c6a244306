import type { AdvisoryLookup } from '../advisories/advisory-lookup.ts';
import { indexEnrichment } from '../advisories/enrichment.ts';
import type { LocatedPackage, VulnerabilityFinding } from '../model.ts';
import { keyText } from './ecosystems.ts';
import { enrichFlaw } from './enrich-flaw.ts';
import { type Candidates, indexRecords, matchRecords } from './match-records.ts';
import { mergeFlaws, type Flaw } from './merge-flaws.ts';
import { compareSeverity } from './severity.ts';
import { advisoryKeys, type Matchable, type Subject, subjectsOf } from './subjects.ts';

/**
 * The vulnerabilities of an inventory by these advisories, the worst first. Each flaw stands once for each place where
 * the package is installed.
 */
export async function matchInventory(
  inventory: Matchable,
  advisories: Pick<AdvisoryLookup, 'find' | 'enrich'>,
): Promise<VulnerabilityFinding[]> {
  const candidates = indexRecords(await advisories.find(advisoryKeys(inventory)));
  const flawsOfVersion = new Map<string, Flaw[]>();
  const found: { package: LocatedPackage; flaws: Flaw[] }[] = [];
  for (const one of inventory.packages) {
    const [subject, ...others] = subjectsOf(one, inventory.operatingSystem);
    if (subject === undefined) continue;
    const known = [subject, ...others].map(({ key, version }) => `${keyText(key)}\n${version}`).join('\n\n');
    const flaws = flawsOfVersion.get(known) ?? flawsOf(candidates, subject, others);
    flawsOfVersion.set(known, flaws);
    found.push({ package: one, flaws });
  }
  const ids = new Set(found.flatMap(({ flaws }) => flaws.map(({ id }) => id)));
  const known = indexEnrichment((await advisories.enrich?.([...ids])) ?? []);
  return found
    .flatMap((one) => one.flaws.map((flaw) => ({ ...enrichFlaw(flaw, known.get(flaw.id)), package: one.package })))
    .sort(compareFindings);
}

/** Of a package that advisories know by two names the flaws under both, each once. */
function flawsOf(candidates: Candidates, subject: Subject, others: readonly Subject[]): Flaw[] {
  const matched = matchRecords(candidates, subject.key, subject.version);
  const known = new Set(matched.map(({ record }) => record.id));
  const more = others.flatMap(({ key, version }) => matchRecords(candidates, key, version));
  const [named = subject] = matched.length > 0 ? [subject] : others;
  return mergeFlaws([...matched, ...more.filter(({ record }) => !known.has(record.id))], named.key, named.version);
}

function compareFindings(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    Number(b.exploited !== undefined) - Number(a.exploited !== undefined) ||
    compareText(a.id, b.id) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.package.path, b.package.path)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
