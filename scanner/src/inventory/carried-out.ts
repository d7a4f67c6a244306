import { advisoryNameOf } from '../matching/subjects.ts';
import type { LocatedPackage, PackageKind } from '../model.ts';

/** Where package managers put what a lock file in the folder above says. */
const trees: Partial<Record<PackageKind, readonly string[]>> = {
  composer: ['vendor/'],
  gem: ['vendor/'],
  npm: ['node_modules/'],
  pypi: ['.venv/', 'venv/', '__pypackages__/'],
};

/** From this share on a lock file counts as carried out: what else it names was left out on purpose. */
const carriedOutShare = 0.5;

/**
 * Of what lock files say is to be installed, that which nothing else tells of. A lock file stays behind where it was carried
 * out: then what is installed is known, and the rest (for development, for other systems) is not in the image.
 */
export function notCarriedOut(
  locked: readonly LocatedPackage[],
  installed: readonly LocatedPackage[],
): LocatedPackage[] {
  const places = new Map<string, LocatedPackage[]>();
  for (const found of locked) {
    const key = `${found.kind} ${found.path}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, [found]);
    else place.push(found);
  }
  const known = new Set(installed.map(identityOf));
  const withTree = foldersWithTree(installed);
  const kept: LocatedPackage[] = [];
  const toldInFolder = new Set<string>();
  for (const place of places.values()) {
    const [first] = place;
    if (first === undefined || withTree.has(`${first.kind} ${folderOf(first.path)}`)) continue;
    if (isMostlyInstalled(place, known)) continue;
    for (const found of place) {
      // Lock files of two managers in one folder say the same.
      const told = `${folderOf(found.path)} ${identityOf(found)}`;
      if (known.has(identityOf(found)) || toldInFolder.has(told)) continue;
      toldInFolder.add(told);
      kept.push(found);
    }
  }
  return kept;
}

/** The folders in which such a tree stands with something in it, each with the kind before it. */
function foldersWithTree(installed: readonly LocatedPackage[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { kind, path } of installed) {
    for (const tree of trees[kind] ?? []) {
      for (let at = path.indexOf(tree); at !== -1; at = path.indexOf(tree, at + 1)) {
        if (at === 0 || path[at - 1] === '/') folders.add(`${kind} ${path.slice(0, at)}`);
      }
    }
  }
  return folders;
}

function isMostlyInstalled(place: readonly LocatedPackage[], known: ReadonlySet<string>): boolean {
  const needed = place.filter(({ development }) => development !== true);
  const there = needed.filter((found) => known.has(identityOf(found)));
  return there.length > 0 && there.length >= needed.length * carriedOutShare;
}

function identityOf(found: LocatedPackage): string {
  return JSON.stringify([found.kind, advisoryNameOf(found), found.version]);
}

/** With a slash behind; empty at the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
