import { type Extractor, linesOf, readText } from '../extractor.ts';
import { OwnedList } from '../owned-files.ts';

const folder = 'var/lib/dpkg/info/';
/** Distroless images have lists of digests, beside the file that tells of the package. */
const perPackageFolder = 'var/lib/dpkg/status.d/';

/** Which files dpkg's packages brought: a list of paths for each package, named after it. */
export const dpkgFiles: Extractor = {
  name: 'dpkg-files',
  fileNames: ['.list', '.md5sums'],
  maxBytes: 64 * 1024 * 1024,
  wants: (path) =>
    (path.startsWith(folder) && path.endsWith('.list')) ||
    (path.startsWith(perPackageFolder) && path.endsWith('.md5sums')),
  extract(path, bytes) {
    const fileName = path.slice(path.lastIndexOf('/') + 1);
    // Packages that can stand beside themselves have their architecture behind a colon.
    const name = fileName.slice(0, fileName.lastIndexOf('.')).split(':', 1)[0] ?? '';
    const list = new OwnedList();
    for (const line of linesOf(readText(bytes))) {
      // A path from the root, or 32 digits, two spaces and a path without the slash.
      const told = line.startsWith('/') ? line.slice(1) : line.slice(34);
      list.take(told);
    }
    list.endPackage(name);
    const { owned } = list;
    return { packages: [], ...(owned.length === 0 ? {} : { owned }) };
  },
};
