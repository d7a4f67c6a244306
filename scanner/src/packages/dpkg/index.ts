import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type Extractor, PackageUnreadable } from '../extractor.ts';
import { stanzas } from '../stanzas.ts';

const database = 'var/lib/dpkg/status';
/** Distroless images have no dpkg: one file for each package, without a `Status`. */
const perPackageFolder = 'var/lib/dpkg/status.d/';

/** Packages of Debian, Ubuntu and their kin that dpkg holds as installed (dpkg-query(1), `db:Status-Status`). */
export const dpkg: Extractor = {
  name: 'dpkg',
  maxBytes: 64 * 1024 * 1024,
  wants: (path) => path === database || isPerPackageFile(path),
  extract(path, bytes) {
    const packages: Package[] = [];
    const installedByItsPlace = path !== database;
    let [hasText, hasNames] = [false, false];
    const text = bytes.read(0, bytes.sizeBytes);
    for (const stanza of stanzas(text, ['Package', 'Status', 'Version', 'Architecture', 'Source'], {
      ignoreCase: true,
    })) {
      const status = stanza.get('Status');
      const installed = status === undefined ? installedByItsPlace : isInstalled(status);
      const name = stanza.get('Package');
      const version = stanza.get('Version');
      hasText = true;
      hasNames ||= name !== undefined;
      if (!installed || name === undefined || version === undefined) continue;
      const architecture = stanza.get('Architecture');
      addPackage(packages, {
        kind: 'deb',
        name,
        version,
        ...(architecture === undefined ? {} : { architecture }),
        source: sourceOf(stanza.get('Source'), name, version),
      });
    }
    if (hasText && !hasNames && path === database) throw new PackageUnreadable('a database of dpkg without a package');
    return { packages };
  },
};

function isPerPackageFile(path: string): boolean {
  return (
    path.startsWith(perPackageFolder) &&
    !path.endsWith('.md5sums') &&
    path.length > perPackageFolder.length &&
    !path.includes('/', perPackageFolder.length)
  );
}

/** States of a package that is unpacked and set up; triggers are work that is left to do for others (dpkg(1)). */
const installedStates: ReadonlySet<string> = new Set(['installed', 'triggers-pending', 'triggers-awaited']);

/** `want flag status`: only the third word tells what is on the disk. */
function isInstalled(status: string): boolean {
  return installedStates.has(status.split(/[ \t]+/, 4)[2] ?? '');
}

/** `Source: name` or `Source: name (version)`, the latter where its version differs from the binary package's. */
function sourceOf(source: string | undefined, name: string, version: string): { name: string; version: string } {
  if (source === undefined || source === '') return { name, version };
  const open = source.indexOf('(');
  const close = source.indexOf(')', open + 1);
  if (open < 1 || close === -1) return { name: source, version };
  return { name: source.slice(0, open).trim(), version: source.slice(open + 1, close).trim() || version };
}
