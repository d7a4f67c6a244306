import { buildZip } from '../../src/packages/java/fixtures/build-zip.ts';
import { java } from '../../src/packages/java/index.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { extractorTarget } from './extractor-target.ts';

const pom = {
  name: 'META-INF/maven/org.example/a/pom.properties',
  content: 'groupId=org.example\nartifactId=a\nversion=1.2.3\n',
};
const manifest = {
  name: 'META-INF/MANIFEST.MF',
  content: 'Manifest-Version: 1.0\nImplementation-Version: 2.0\nBundle-SymbolicName: org.b\n',
};
const inner = buildZip([pom]);

/** Directory, entries and what they hold; jars in jars. */
export const jar: FuzzTarget = extractorTarget({
  extractor: java,
  path: 'app/a-1.2.3.jar',
  seeds: [
    buildZip([pom, manifest]),
    buildZip([manifest], { zip64: true, prefix: '#!/bin/sh\n', comment: 'comment' }),
    buildZip([
      { name: 'lib/b-1.0.jar', content: inner, stored: true },
      { name: 'lib/c-2.jar', content: inner },
    ]),
    buildZip([{ ...pom, encrypted: true }]),
  ],
  words: [
    'PK\x01\x02',
    'PK\x03\x04',
    'PK\x05\x06',
    'PK\x06\x06',
    'PK\x06\x07',
    'pom.properties',
    '.jar',
    'META-INF/',
    '\xff\xff\xff\xff',
  ],
});
