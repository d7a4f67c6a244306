import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { decodeText, type Extracted, type Extractor, linesOf, PackageUnreadable } from '../extractor.ts';
import { OwnedList } from '../owned-files.ts';
import { stanzas } from '../stanzas.ts';

/** Packages of Alpine and its kin. Fields of the database: P name, V version, A architecture, o origin (the source). */
export const apk: Extractor = {
  name: 'apk',
  fileNames: ['installed'],
  maxBytes: 64 * 1024 * 1024,
  wants: (path) => path === 'lib/apk/db/installed' || path === 'usr/lib/apk/db/installed',
  extract(_path, bytes) {
    const packages: Package[] = [];
    const text = bytes.read(0, bytes.sizeBytes);
    let [hasText, hasNames] = [false, false];
    for (const stanza of stanzas(text, ['P', 'V', 'A', 'o'], { ignoreCase: false })) {
      const name = stanza.get('P');
      const version = stanza.get('V');
      hasText = true;
      hasNames ||= name !== undefined;
      if (name === undefined || version === undefined) continue;
      const architecture = stanza.get('A');
      addPackage(packages, {
        kind: 'apk',
        name,
        version,
        ...(architecture === undefined ? {} : { architecture }),
        source: { name: stanza.get('o') || name, version },
      });
    }
    if (hasText && !hasNames) throw new PackageUnreadable('a database of apk without a package');
    return { packages, ...ownedFiles(text) };
  },
};

/** `P:name`, then `F:folder` and the `R:file`s in it, in turn. */
function ownedFiles(bytes: Uint8Array): Pick<Extracted, 'owned' | 'problem'> {
  const list = new OwnedList();
  let name = '';
  let folder = '';
  try {
    for (const line of linesOf(decodeText(bytes))) {
      if (line === '') {
        list.endPackage(name);
        name = '';
      } else if (line.startsWith('P:')) name = line.slice(2);
      else if (line.startsWith('F:')) folder = line.slice(2);
      else if (line.startsWith('R:')) list.take(folder === '' ? line.slice(2) : `${folder}/${line.slice(2)}`);
    }
    list.endPackage(name);
  } catch (error) {
    // The packages themselves were read.
    if (!(error instanceof PackageUnreadable)) throw error;
    return { owned: list.owned, problem: error.message };
  }
  return { owned: list.owned };
}
