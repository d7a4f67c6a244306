import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { ByteSource, Extractor } from '../extractor.ts';
import { PackageUnreadable } from '../extractor.ts';
import { stanzas } from '../stanzas.ts';

/** Name and version stand in the first lines; what follows may be a long description. */
const headBytes = 16 * 1024;
const largeHeadBytes = 1024 * 1024;
const lineFeed = 10;

/** Installed Python distributions, by their core metadata (PEP 566, RFC 822 headers). */
export const python: Extractor = {
  name: 'python',
  fileNames: ['METADATA', 'PKG-INFO', '.egg-info'],
  maxBytes: 0,
  wants: (path, entry) =>
    entry.sizeBytes > 0 &&
    (path.endsWith('.dist-info/METADATA') ||
      path.endsWith('.egg-info/PKG-INFO') ||
      path.endsWith('/EGG-INFO/PKG-INFO') ||
      path.endsWith('.egg-info')),
  extract(_path, bytes) {
    const packages: Package[] = [];
    const headers = readHeaders(bytes, headBytes) ?? readHeaders(bytes, largeHeadBytes);
    if (headers === undefined) throw new PackageUnreadable('no Name and Version in the metadata of a Python package');
    addPackage(packages, { kind: 'pypi', name: headers.name, version: headers.version });
    return { packages };
  },
};

function readHeaders(bytes: ByteSource, length: number): { name: string; version: string } | undefined {
  const head = bytes.read(0, Math.min(length, bytes.sizeBytes));
  // A last line that is cut would tell half a version.
  const end = head.length < bytes.sizeBytes ? head.lastIndexOf(lineFeed) + 1 : head.length;
  for (const headers of stanzas(head.subarray(0, end), ['Name', 'Version'], { ignoreCase: true })) {
    const name = headers.get('Name');
    const version = headers.get('Version');
    return name && version ? { name, version } : undefined;
  }
  return undefined;
}
