import type { AdvisoryLookup } from '../advisories/advisory-lookup.ts';
import { indexEnrichment } from '../advisories/enrichment.ts';
import type {
  Inventory,
  LocatedPackage,
  OperatingSystem,
  Package,
  PackageKind,
  VulnerabilityFinding,
} from '../model.ts';
import { advisoryKey, findEcosystem, keyText, type AdvisoryKey } from './ecosystems.ts';
import { enrichFlaw } from './enrich-flaw.ts';
import { type Candidates, indexRecords, matchRecords } from './match-records.ts';
import { mergeFlaws, type Flaw } from './merge-flaws.ts';
import { compareSeverity } from './severity.ts';

type Matchable = Pick<Inventory, 'operatingSystem' | 'packages'>;

/** What to ask an advisory lookup for: each package of the inventory once. */
export function advisoryKeys(inventory: Matchable): AdvisoryKey[] {
  const keys = new Map<string, AdvisoryKey>();
  for (const found of inventory.packages) {
    for (const { key } of subjectsOf(found, inventory.operatingSystem)) keys.set(keyText(key), key);
  }
  return [...keys.values()];
}

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

/** Whether the version of a package is one that its manager could order; true where nothing is known of its ecosystem. */
export function isVersionReadable(found: Package, system: OperatingSystem | undefined): boolean {
  return subjectsOf(found, system).every(({ key, version }) => {
    const comparator = findEcosystem(key.ecosystem)?.comparator;
    return comparator === undefined || comparator.parse(version) !== undefined;
  });
}

/** The name of a language's package as its advisories write it; of a distribution's package its own. */
export function advisoryNameOf({ kind, name }: Pick<Package, 'kind' | 'name'>): string {
  return kind === 'deb' || kind === 'apk' || kind === 'rpm' ? name : advisoryKey(languages[kind], name).name;
}

/** What advisories know a package as. */
interface Subject {
  key: AdvisoryKey;
  version: string;
}

type LanguageKind = Exclude<PackageKind, 'apk' | 'deb' | 'rpm'>;

const languages = {
  cargo: 'crates.io',
  composer: 'Packagist',
  gem: 'RubyGems',
  golang: 'Go',
  maven: 'Maven',
  npm: 'npm',
  nuget: 'NuGet',
  pypi: 'PyPI',
} as const satisfies Record<LanguageKind, string>;

/** Distributions publish on packages of a release; without a known release nothing can be said. */
function subjectsOf(found: Package, system: OperatingSystem | undefined): Subject[] {
  const { kind, name, version, source } = found;
  if (kind !== 'deb' && kind !== 'apk' && kind !== 'rpm') {
    return [{ key: advisoryKey(languages[kind], name), version }];
  }
  const release = system?.ecosystem;
  const ecosystem = release === undefined ? undefined : findEcosystem(release);
  if (release === undefined || ecosystem?.purlType !== kind) return [];
  const built = source ?? { name, version };
  const asked = {
    binary: [{ name, version }],
    source: [built],
    either: built.name === name ? [{ name, version }] : [{ name, version }, built],
  }[ecosystem.advisoriesName];
  return asked.map((one) => ({ key: advisoryKey(release, one.name), version: one.version }));
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
