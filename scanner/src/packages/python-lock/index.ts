import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { ByteSource, Extractor } from '../extractor.ts';
import { entriesOf, fieldOf, listOf, readJson, textOf } from '../json-values.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';
import { readToml } from '../read-toml.ts';

const fileNames = ['poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock'];
/** Where uv says that a package is the project's own. */
const ownSources = ['editable', 'virtual', 'directory'];

/** What the lock files of Poetry, uv, PDM and Pipenv say is to be installed. */
export const pythonLock: Extractor = {
  name: 'python-lock',
  fileNames,
  isLock: true,
  maxBytes: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, fileNames),
  extract(path, bytes) {
    const packages: Package[] = [];
    const found = path.endsWith('Pipfile.lock') ? pipenvPackages(bytes) : tomlPackages(bytes);
    for (const one of found) addPackage(packages, one);
    return { packages: oncePerVersion(packages) };
  },
};

/** `[[package]]` with a name and a version. Poetry tells groups, and before that a category. */
function* tomlPackages(bytes: ByteSource): Generator<Package> {
  for (const entry of listOf(fieldOf(readToml(bytes, 'a lock file of Python'), 'package'))) {
    const source = fieldOf(entry, 'source');
    if (ownSources.some((name) => fieldOf(source, name) !== undefined)) continue;
    const groups = listOf(fieldOf(entry, 'groups'));
    const isDevelopment =
      groups.length > 0
        ? !groups.some((group) => group === 'main' || group === 'default')
        : fieldOf(entry, 'category') === 'dev';
    yield packageOf(textOf(fieldOf(entry, 'name')), textOf(fieldOf(entry, 'version')), isDevelopment);
  }
}

function* pipenvPackages(bytes: ByteSource): Generator<Package> {
  const lock = readJson(bytes, 'Pipfile.lock');
  for (const group of ['default', 'develop']) {
    for (const [name, entry] of entriesOf(fieldOf(lock, group))) {
      const version = textOf(fieldOf(entry, 'version'));
      if (version.startsWith('==')) yield packageOf(name, version.slice(2), group === 'develop');
    }
  }
}

function packageOf(name: string, version: string, isDevelopment: boolean): Package {
  return { kind: 'pypi', name, version, ...(isDevelopment ? { development: true } : {}) };
}
