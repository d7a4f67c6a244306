import {
  buildBerkeleyDb,
  buildHeader,
  buildNdb,
  buildSqlite,
  type RpmFixture,
} from '../../src/packages/rpm/fixtures/build-databases.ts';
import { RpmHeader } from '../../src/packages/rpm/header.ts';
import { rpm } from '../../src/packages/rpm/index.ts';
import { OwnedList } from '../../src/packages/owned-files.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { extractorTarget } from './extractor-target.ts';

const bash: RpmFixture = {
  name: 'bash',
  version: '4.4.20',
  release: '4.el8',
  epoch: 1,
  architecture: 'x86_64',
  source: 'bash-4.4.20-4.el8.src.rpm',
  modularity: 'm:1:2:3',
  files: ['/usr/bin/bash', '/usr/lib/python3/site-packages/a.dist-info/METADATA'],
};
const two = [bash, { name: 'zlib', version: '1.2.11', release: '17' }];
const path = 'var/lib/rpm/Packages';

export const rpmBerkeleyDb: FuzzTarget = extractorTarget({
  extractor: rpm,
  path,
  seeds: [buildBerkeleyDb(two, { inline: true }), buildBerkeleyDb([bash])],
});

export const rpmNdb: FuzzTarget = extractorTarget({
  extractor: rpm,
  path,
  seeds: [buildNdb(two)],
  words: ['Slot', 'BlbS', 'RpmP'],
});

export const rpmSqlite: FuzzTarget = extractorTarget({
  extractor: rpm,
  path,
  seeds: [buildSqlite(two, 512), buildSqlite([{ ...bash, padding: 1200 }], 512)],
  words: ['table', 'Packages'],
});

/** One package, whatever database it stands in. */
export const rpmHeader: FuzzTarget = extractorTarget({
  extractor: {
    extract(_path, bytes) {
      const header = new RpmHeader(bytes.read(0, bytes.sizeBytes));
      const found = header.package();
      const list = new OwnedList();
      for (const file of header.paths()) list.take(file);
      list.endPackage(found?.name ?? '');
      return { packages: found === undefined ? [] : [found], owned: list.owned };
    },
  },
  path,
  seeds: [buildHeader(bash), buildHeader({ name: 'a', version: '1', release: '' })],
});
