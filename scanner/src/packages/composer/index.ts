import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { fieldOf, listOf, readJson, textOf } from '../json-values.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const maxBytes = 32 * 1024 * 1024;
const lockNames = ['composer.lock'];

/** Packages that Composer installed: `vendor/composer/installed.json`, which it writes itself. */
export const composer: Extractor = {
  name: 'composer',
  fileNames: ['installed.json'],
  maxBytes,
  wants: (path) => path.endsWith('/composer/installed.json') || path === 'composer/installed.json',
  extract(_path, bytes) {
    const installed = readJson(bytes, 'installed.json');
    // Composer 1 wrote a list, Composer 2 writes an object around it.
    return {
      packages: packagesOf([
        [installed, false],
        [fieldOf(installed, 'packages'), false],
      ]),
    };
  },
};

/** What Composer's lock file says is to be installed. */
export const composerLock: Extractor = {
  name: 'composer-lock',
  fileNames: lockNames,
  isLock: true,
  maxBytes,
  wants: (path) => isLockFile(path, lockNames),
  extract(_path, bytes) {
    const lock = readJson(bytes, 'composer.lock');
    return {
      packages: packagesOf([
        [fieldOf(lock, 'packages'), false],
        [fieldOf(lock, 'packages-dev'), true],
      ]),
    };
  },
};

function packagesOf(lists: readonly [unknown, boolean][]): Package[] {
  const packages: Package[] = [];
  for (const [list, isDevelopment] of lists) {
    for (const entry of listOf(list)) {
      const [name, version] = [textOf(fieldOf(entry, 'name')), textOf(fieldOf(entry, 'version'))];
      addPackage(packages, { kind: 'composer', name, version, ...(isDevelopment ? { development: true } : {}) });
    }
  }
  return oncePerVersion(packages);
}
