import type { OwnedFiles, Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { addOwned, mayTellOfPackages } from '../owned-files.ts';
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
    for (const stanza of stanzas(text, ['P', 'V', 'A', 'o'], { ignoreCase: false })) {
      const name = stanza.get('P');
      const version = stanza.get('V');
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
    return { packages, owned: ownedFiles(text) };
  },
};

/** `P:name`, then `F:folder` and the `R:file`s in it, in turn. */
function ownedFiles(bytes: Uint8Array): OwnedFiles[] {
  const owned: OwnedFiles[] = [];
  let found: OwnedFiles = { package: '', paths: [] };
  let folder = '';
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') {
      addOwned(owned, found);
      found = { package: '', paths: [] };
    } else if (line.startsWith('P:')) found.package = line.slice(2);
    else if (line.startsWith('F:')) folder = line.slice(2);
    else if (line.startsWith('R:')) {
      const path = folder === '' ? line.slice(2) : `${folder}/${line.slice(2)}`;
      if (mayTellOfPackages(path)) found.paths.push(path);
    }
  }
  addOwned(owned, found);
  return owned;
}
