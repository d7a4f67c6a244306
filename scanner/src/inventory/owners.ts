import type { LocatedPackage, PackageKind } from '../model.ts';
import type { StandingFile, VisibleFiles } from './visible-files.ts';

export type Owner = NonNullable<LocatedPackage['owner']>;

/** Libraries that a distribution packs as they are: what its own package brings would be told twice. */
const packedAsTheyAre: ReadonlySet<PackageKind> = new Set(['composer', 'gem', 'npm', 'pypi']);
const ofDistribution: ReadonlySet<PackageKind> = new Set(['apk', 'deb', 'rpm']);

/** Which package of the distribution brought a file, by its path in the image. */
export function ownersOf(
  standing: readonly StandingFile[],
  packages: readonly LocatedPackage[],
  { links }: Pick<VisibleFiles, 'links'>,
): ReadonlyMap<string, Owner> {
  const installed = new Map<string, Owner>();
  for (const { kind, name, version } of packages) {
    if (ofDistribution.has(kind)) installed.set(name, { kind, name, version });
  }
  const owners = new Map<string, Owner>();
  for (const { file } of standing) {
    for (const { package: name, paths } of file.owned ?? []) {
      const owner = installed.get(name);
      if (owner === undefined) continue;
      for (const path of paths) owners.set(links.inFolder(path), owner);
    }
  }
  return owners;
}

/**
 * Says of each package to whom its file belongs, and leaves out what the distribution's own package tells already. What was
 * compiled into a program or an archive nobody else tells: that stays.
 */
export function withOwners(packages: readonly LocatedPackage[], owners: ReadonlyMap<string, Owner>): LocatedPackage[] {
  return packages.flatMap((found) => {
    const owner = ofDistribution.has(found.kind) ? undefined : owners.get(found.path);
    if (owner === undefined) return [found];
    return packedAsTheyAre.has(found.kind) ? [] : [{ ...found, owner }];
  });
}
