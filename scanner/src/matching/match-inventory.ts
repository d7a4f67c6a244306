import type { AdvisoryLookup } from '../advisories/advisory-lookup.ts';
import type { Inventory, LocatedPackage, OperatingSystem, VulnerabilityFinding } from '../model.ts';
import { advisoryKey, findEcosystem, keyText, type AdvisoryKey } from './ecosystems.ts';
import { indexRecords, matchRecords } from './match-records.ts';
import { mergeFlaws, type Flaw } from './merge-flaws.ts';
import { compareSeverity } from './severity.ts';

type Matchable = Pick<Inventory, 'operatingSystem' | 'packages'>;

/** What to ask an advisory lookup for: each package of the inventory once. */
export function advisoryKeys(inventory: Matchable): AdvisoryKey[] {
  const keys = new Map<string, AdvisoryKey>();
  for (const found of inventory.packages) {
    const subject = subjectOf(found, inventory.operatingSystem);
    if (subject) keys.set(keyText(subject.key), subject.key);
  }
  return [...keys.values()];
}

/**
 * The vulnerabilities of an inventory by these advisories, the worst first. Each flaw stands once for each place where
 * the package is installed.
 */
export async function matchInventory(
  inventory: Matchable,
  advisories: Pick<AdvisoryLookup, 'find'>,
): Promise<VulnerabilityFinding[]> {
  const candidates = indexRecords(await advisories.find(advisoryKeys(inventory)));
  const flawsOfVersion = new Map<string, Flaw[]>();
  const findings: VulnerabilityFinding[] = [];
  for (const found of inventory.packages) {
    const subject = subjectOf(found, inventory.operatingSystem);
    if (subject === undefined) continue;
    const { key, version } = subject;
    const known = `${keyText(key)}\n${version}`;
    const flaws = flawsOfVersion.get(known) ?? mergeFlaws(matchRecords(candidates, key, version), key, version);
    flawsOfVersion.set(known, flaws);
    for (const flaw of flaws) findings.push({ ...flaw, package: found });
  }
  return findings.sort(compareFindings);
}

const languages = { golang: 'Go', npm: 'npm', pypi: 'PyPI' } as const;

/** Distributions publish on source packages of a release; without a known release nothing can be said. */
function subjectOf(
  found: LocatedPackage,
  system: OperatingSystem | undefined,
): { key: AdvisoryKey; version: string } | undefined {
  if (found.kind !== 'deb' && found.kind !== 'apk') {
    return { key: advisoryKey(languages[found.kind], found.name), version: found.version };
  }
  const ecosystem = system?.ecosystem;
  if (ecosystem === undefined || findEcosystem(ecosystem)?.purlType !== found.kind) return undefined;
  const { name, version } = found.source ?? found;
  return { key: advisoryKey(ecosystem, name), version };
}

function compareFindings(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    compareText(a.id, b.id) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.package.path, b.package.path)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
