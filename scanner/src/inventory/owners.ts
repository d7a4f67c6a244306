import type { LocatedPackage, PackageKind } from '../model.ts';
import type { StandingFile, VisibleFiles } from './visible-files.ts';

export type Owner = NonNullable<LocatedPackage['owner']>;

/** Libraries that distributions pack one by one: a file of theirs below `usr` tells what the distribution's package tells. */
const packedOneByOne: ReadonlySet<PackageKind> = new Set(['composer', 'gem', 'pypi']);
/** Of these a package may bring a whole tree of others (npm itself does), of which the distribution tells nothing. */
const packedInTrees: ReadonlySet<PackageKind> = new Set(['npm']);
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
 * compiled into a program or an archive nobody else tells: that stays, as does what a vendor's package brought into `opt`.
 */
export function withOwners(packages: readonly LocatedPackage[], owners: ReadonlyMap<string, Owner>): LocatedPackage[] {
  return packages.flatMap((found) => {
    const owner = ofDistribution.has(found.kind) ? undefined : owners.get(found.path);
    if (owner === undefined) return [found];
    return isToldByOwner(found, owner) ? [] : [{ ...found, owner }];
  });
}

function isToldByOwner({ kind, name, version, path }: LocatedPackage, owner: Owner): boolean {
  if (packedOneByOne.has(kind) && path.startsWith('usr/') && !path.startsWith('usr/local/')) return true;
  if (!packedOneByOne.has(kind) && !packedInTrees.has(kind)) return false;
  return `-${dashed(owner.name)}`.endsWith(`-${dashed(name)}`) || upstreamVersion(owner.version) === version;
}

/** `node-lodash` is `lodash`, `py3-ruamel.yaml` is `ruamel-yaml`. */
function dashed(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Without epoch, revision, and what the distribution says of its own changes. */
function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/[-+~].*$/, '');
}
