import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { fieldOf, listOf, textOf } from '../json-values.ts';
import { isLockFile } from '../lock-file-path.ts';
import { readToml } from '../read-toml.ts';

const fileNames = ['Cargo.lock'];

/** What Cargo's lock files say is to be built in; a crate without a source is the project's own. */
export const cargoLock: Extractor = {
  name: 'cargo-lock',
  fileNames,
  isLock: true,
  maxBytes: 16 * 1024 * 1024,
  wants: (path) => isLockFile(path, fileNames),
  extract(_path, bytes) {
    const packages: Package[] = [];
    for (const entry of listOf(fieldOf(readToml(bytes, 'Cargo.lock'), 'package'))) {
      if (fieldOf(entry, 'source') === undefined) continue;
      const [name, version] = [textOf(fieldOf(entry, 'name')), textOf(fieldOf(entry, 'version'))];
      addPackage(packages, { kind: 'cargo', name, version });
    }
    return { packages };
  },
};
