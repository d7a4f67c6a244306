import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { entriesOf, fieldOf, readJson, textOf } from '../json-values.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const fileNames = ['package-lock.json', 'npm-shrinkwrap.json'];
const modules = 'node_modules/';

/**
 * What npm's lock files of versions 1 to 3 say is to be installed. Without a released version (a folder, a Git commit)
 * nothing could be compared. Source: npm documentation, "package-lock.json".
 */
export const npmLock: Extractor = {
  name: 'npm-lock',
  fileNames,
  isLock: true,
  maxBytes: 64 * 1024 * 1024,
  wants: (path) => isLockFile(path, fileNames),
  extract(_path, bytes) {
    const lock = readJson(bytes, 'a lock file of npm');
    const packages: Package[] = [];
    // Version 2 has both lists, of the same packages.
    const byPlace = entriesOf(fieldOf(lock, 'packages'));
    for (const found of byPlace.length > 0 ? packagesByPlace(byPlace) : packagesInEachOther(lock)) {
      if (isReleased(found.version)) addPackage(packages, found);
    }
    return { packages: oncePerVersion(packages) };
  },
};

/** Keys such as `node_modules/a/node_modules/@scope/b`; others are the project itself and its workspaces. */
function* packagesByPlace(entries: readonly [string, unknown][]): Generator<Package> {
  for (const [place, entry] of entries) {
    const at = place.lastIndexOf(modules);
    if (at === -1 || fieldOf(entry, 'link') === true) continue;
    const name = textOf(fieldOf(entry, 'name')) || place.slice(at + modules.length);
    yield packageOf(name, textOf(fieldOf(entry, 'version')), entry);
  }
}

/** Packages in packages, as deep as the file says: no recursion, since anyone can write a million of them. */
function* packagesInEachOther(lock: unknown): Generator<Package> {
  const pending: unknown[] = [fieldOf(lock, 'dependencies')];
  while (pending.length > 0) {
    for (const [name, entry] of entriesOf(pending.pop())) {
      const version = textOf(fieldOf(entry, 'version'));
      const alias = /^npm:(.+)@([^@]+)$/.exec(version);
      yield packageOf(alias?.[1] ?? name, alias?.[2] ?? version, entry);
      pending.push(fieldOf(entry, 'dependencies'));
    }
  }
}

function packageOf(name: string, version: string, entry: unknown): Package {
  const isDevelopment = fieldOf(entry, 'dev') === true || fieldOf(entry, 'devOptional') === true;
  return { kind: 'npm', name, version, ...(isDevelopment ? { development: true } : {}) };
}

function isReleased(version: string): boolean {
  return !/[:/]/.test(version);
}
