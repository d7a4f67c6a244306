/** What advisories know packages as. Apart from the matching itself, which needs much that a list of packages does not. */
import type { Inventory, OperatingSystem, Package, PackageKind } from '../model.ts';
import { advisoryKey, type AdvisoryKey, findEcosystem, keyText } from './ecosystems.ts';

export type Matchable = Pick<Inventory, 'operatingSystem' | 'packages'>;

/** What to ask an advisory lookup for: each package of the inventory once. */
export function advisoryKeys(inventory: Matchable): AdvisoryKey[] {
  const keys = new Map<string, AdvisoryKey>();
  for (const found of inventory.packages) {
    for (const { key } of subjectsOf(found, inventory.operatingSystem)) keys.set(keyText(key), key);
  }
  return [...keys.values()];
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
export interface Subject {
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
export function subjectsOf(found: Package, system: OperatingSystem | undefined): Subject[] {
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
