import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { fieldOf, readJson, textOf } from '../json-values.ts';

/**
 * Installed npm packages: `package.json` directly in the folder of a package in `node_modules`. Without name and
 * version it is none: packages carry such files for their sub-folders and tests.
 */
export const npm: Extractor = {
  name: 'npm',
  fileNames: ['package.json'],
  maxBytes: 2 * 1024 * 1024,
  wants: (path) => path.endsWith('/package.json') && isPackageFolder(path.slice(0, -'/package.json'.length)),
  extract(_path, bytes) {
    const packages: Package[] = [];
    const manifest = readJson(bytes, 'package.json');
    const [name, version] = [textOf(fieldOf(manifest, 'name')), textOf(fieldOf(manifest, 'version'))];
    addPackage(packages, { kind: 'npm', name, version });
    return { packages };
  },
};

/** `…/node_modules/<name>` or `…/node_modules/@<scope>/<name>`; names do not begin with a dot (`.bin`, `.pnpm`). */
function isPackageFolder(folder: string): boolean {
  const nameStart = folder.lastIndexOf('/') + 1;
  const first = folder[nameStart];
  if (first === undefined || first === '.' || first === '@') return false;
  if (isNodeModules(folder, nameStart - 1)) return true;
  const scopeStart = folder.lastIndexOf('/', nameStart - 2) + 1;
  return folder[scopeStart] === '@' && scopeStart < nameStart - 2 && isNodeModules(folder, scopeStart - 1);
}

/** Whether the text up to `end` is a path to a folder `node_modules`. */
function isNodeModules(path: string, end: number): boolean {
  const start = end - 'node_modules'.length;
  return start >= 0 && path.startsWith('node_modules', start) && (start === 0 || path[start - 1] === '/');
}
