import type { OwnedFiles } from '../model.ts';
import { isPlainText } from './add-package.ts';
import { PackageUnreadable } from './extractor.ts';

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
/** Of all paths of one file together, in characters; those of the largest images are a few million. */
const maxOwnedLength = 32 * 1024 * 1024;

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

/** Collects which files the packages of one database brought, as far as they may tell of packages themselves. */
export class OwnedList {
  readonly owned: OwnedFiles[] = [];
  #paths: string[] = [];
  #length = 0;

  /** A file of the package that is read. Throws `PackageUnreadable` for absurdly many: a few bytes may repeat a long folder. */
  take(path: string): void {
    if (!mayTellOfPackages(path)) return;
    this.#length += path.length;
    if (this.#length > maxOwnedLength) throw new PackageUnreadable('more paths of packages than are kept');
    // No file of an image has such a name.
    if (!path.includes('\0') && path.isWellFormed()) this.#paths.push(path);
  }

  /** That was all of this package. */
  endPackage(name: string): void {
    if (isPlainText(name) && this.#paths.length > 0) this.owned.push({ package: name, paths: this.#paths });
    this.#paths = [];
  }
}
