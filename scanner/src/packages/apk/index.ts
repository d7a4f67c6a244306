import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { stanzas } from '../stanzas.ts';

/** Packages of Alpine and its kin. Fields of the database: P name, V version, A architecture, o origin (the source). */
export const apk: Extractor = {
  name: 'apk',
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
    return { packages };
  },
};
