import type { OwnedFiles } from '../model.ts';

const ends = [
  '.dist-info/METADATA',
  '.egg-info/PKG-INFO',
  '.egg-info',
  '/package.json',
  '.gemspec',
  '.jar',
  '.war',
  '.ear',
  '.deps.json',
  '/composer/installed.json',
];
const folders = /(?:^|\/)(?:s?bin|libexec)\/[^/]+$/;
const maxPathLength = 4096;

/**
 * Whether a file of a distribution's package may tell of packages itself, by its path: metadata of a language's packages,
 * archives, programs. Of the others nobody will ask to whom they belong.
 */
export function mayTellOfPackages(path: string): boolean {
  return path.length <= maxPathLength && (ends.some((end) => path.endsWith(end)) || folders.test(path));
}

/** Adds the files of one package, if there are any, and the package has a name. */
export function addOwned(owned: OwnedFiles[], found: OwnedFiles): void {
  if (found.package !== '' && found.paths.length > 0) owned.push(found);
}
