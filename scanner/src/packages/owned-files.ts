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
const lastLetters: ReadonlySet<string> = new Set(ends.map((end) => end.slice(-1)));
const programFolders: ReadonlySet<string> = new Set(['bin', 'libexec', 'sbin']);
const maxPathLength = 4096;

/**
 * Whether a file of a distribution's package may tell of packages itself, by its path: metadata of a language's packages,
 * archives, programs. Of the others nobody will ask to whom they belong. An image has a hundred thousand of them.
 */
export function mayTellOfPackages(path: string): boolean {
  if (path.length > maxPathLength) return false;
  const slash = path.lastIndexOf('/');
  if (programFolders.has(path.slice(path.lastIndexOf('/', slash - 1) + 1, Math.max(0, slash)))) return true;
  return lastLetters.has(path.slice(-1)) && ends.some((end) => path.endsWith(end));
}

/** Adds the files of one package, if there are any, and the package has a name. */
export function addOwned(owned: OwnedFiles[], found: OwnedFiles): void {
  if (found.package !== '' && found.paths.length > 0) owned.push(found);
}
