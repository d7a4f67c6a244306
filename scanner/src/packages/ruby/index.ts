import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type Extractor, linesOf, readText } from '../extractor.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const lockNames = ['Gemfile.lock', 'gems.locked'];

/** Installed Ruby gems: RubyGems keeps the specification of each in a folder `specifications`, those of Ruby itself in `default`. */
export const gem: Extractor = {
  name: 'gem',
  fileNames: ['.gemspec'],
  maxBytes: 4 * 1024 * 1024,
  wants: (path) => /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/.test(path),
  extract(_path, bytes) {
    const packages: Package[] = [];
    const text = readText(bytes);
    const name = assigned(text, 'name');
    const version = assigned(text, 'version');
    if (name !== undefined && version !== undefined) addPackage(packages, { kind: 'gem', name, version });
    return { packages };
  },
};

/** RubyGems writes `s.name = "rack".freeze` and `s.version = "2.2.3"`, each on a line of its own. */
function assigned(text: string, field: string): string | undefined {
  const line = new RegExp(`^[ \\t]*\\w+\\.${field} *= *(?:Gem::Version\\.new\\()?["']([^"'\\n]{1,200})["']`, 'm');
  return line.exec(text)?.[1];
}

/** What Bundler's lock file says is to be installed from RubyGems; what comes from folders and Git has no release. */
export const gemLock: Extractor = {
  name: 'gem-lock',
  fileNames: lockNames,
  isLock: true,
  maxBytes: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, lockNames),
  extract(_path, bytes) {
    const packages: Package[] = [];
    let section = '';
    for (const line of linesOf(readText(bytes))) {
      if (/^\S/.test(line)) section = line.trim();
      const [, name, version] = /^ {4}([^\s(]+) \(([^\s()]+)\)\s*$/.exec(line) ?? [];
      if (section !== 'GEM' || name === undefined || version === undefined) continue;
      addPackage(packages, { kind: 'gem', name, version: withoutPlatform(version) });
    }
    return { packages: oncePerVersion(packages) };
  },
};

/** `1.15.4-x86_64-linux`: a version of RubyGems has a hyphen only where no one else would put one. */
function withoutPlatform(version: string): string {
  return version.replace(/-.*$/, '');
}
