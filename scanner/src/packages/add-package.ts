import type { Package } from '../model.ts';
import { PackageUnreadable } from './extractor.ts';

/** More than any real file tells of: the packages of all of Debian are some 70,000. */
const maxPackagesPerFile = 100_000;
const maxTextLength = 1024;

/**
 * Adds a package to those of its file. One without a usable name or version is no package and is left out: nothing
 * could be matched against it. Throws `PackageUnreadable` when a file tells of absurdly many.
 */
export function addPackage(packages: Package[], found: Package): void {
  if (!isPlainText(found.name) || !isPlainText(found.version)) return;
  if (packages.length === maxPackagesPerFile) {
    throw new PackageUnreadable(`more than ${maxPackagesPerFile} packages in one file`);
  }
  const kept: Package = { kind: found.kind, name: found.name, version: found.version };
  if (isPlainText(found.architecture)) kept.architecture = found.architecture;
  if (isPlainText(found.source?.name) && isPlainText(found.source?.version)) kept.source = found.source;
  if (isPlainText(found.modularity)) kept.modularity = found.modularity;
  if (found.development === true) kept.development = true;
  packages.push(kept);
}

/** Text that can be stored and shown anywhere: not empty, not endless, without control characters or half characters. */
export function isPlainText(text: unknown): text is string {
  if (typeof text !== 'string' || text.length === 0 || text.length > maxTextLength) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  }
  return text.isWellFormed();
}
