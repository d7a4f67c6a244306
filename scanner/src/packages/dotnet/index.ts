import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { entriesOf, fieldOf, readJson, textOf } from '../json-values.ts';
import { isLockFile } from '../lock-file-path.ts';
import { oncePerVersion } from '../once-per-version.ts';

const maxBytes = 32 * 1024 * 1024;
const lockNames = ['packages.lock.json'];

/** NuGet packages that a .NET program was published with: `<program>.deps.json` beside it. Projects are the program's own. */
export const dotnet: Extractor = {
  name: 'dotnet',
  fileNames: ['.deps.json'],
  maxBytes,
  wants: (path) => path.endsWith('.deps.json'),
  extract(_path, bytes) {
    const packages: Package[] = [];
    for (const [key, library] of entriesOf(fieldOf(readJson(bytes, 'deps.json'), 'libraries'))) {
      const slash = key.indexOf('/');
      if (slash < 1 || textOf(fieldOf(library, 'type')).toLowerCase() !== 'package') continue;
      addPackage(packages, { kind: 'nuget', name: key.slice(0, slash), version: key.slice(slash + 1) });
    }
    return { packages };
  },
};

/** What NuGet's lock file says is to be restored, for each framework. */
export const nugetLock: Extractor = {
  name: 'nuget-lock',
  fileNames: lockNames,
  isLock: true,
  maxBytes,
  wants: (path) => isLockFile(path, lockNames),
  extract(_path, bytes) {
    const packages: Package[] = [];
    for (const [, framework] of entriesOf(fieldOf(readJson(bytes, 'packages.lock.json'), 'dependencies'))) {
      for (const [name, entry] of entriesOf(framework)) {
        if (textOf(fieldOf(entry, 'type')) === 'Project') continue;
        addPackage(packages, { kind: 'nuget', name, version: textOf(fieldOf(entry, 'resolved')) });
      }
    }
    return { packages: oncePerVersion(packages) };
  },
};
