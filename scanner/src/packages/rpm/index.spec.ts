import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../../tests/support/requirements.ts';
import { byteSource } from '../fixtures/byte-source.ts';
import { hostileBytes } from '../fixtures/hostile-bytes.ts';
import { buildBerkeleyDb, buildNdb, buildSqlite, type RpmFixture } from './fixtures/build-databases.ts';
import { sourceOf } from './header.ts';
import { rpm } from './index.ts';

const path = 'var/lib/rpm/rpmdb.sqlite';

const bash: RpmFixture = {
  name: 'bash',
  version: '4.4.19',
  release: '12.el8',
  architecture: 'x86_64',
  source: 'bash-4.4.19-12.el8.src.rpm',
  files: ['/usr/bin/bash', '/usr/share/doc/bash/README', '/usr/lib/python3/site-packages/a.dist-info/METADATA'],
};
const nodejs: RpmFixture = {
  name: 'nodejs-libs',
  version: '14.16.0',
  release: '2.module_el8.3.0+100+234774f7',
  epoch: 1,
  architecture: 'x86_64',
  source: 'nodejs-14.16.0-2.module_el8.3.0+100+234774f7.src.rpm',
  modularity: 'nodejs:14:8030020210303:229f0a1c',
  padding: 20_000,
};
const key: RpmFixture = { name: 'gpg-pubkey', version: '3abb34f8', release: '5ffd890e' };
const three = [bash, nodejs, key];

const expected = [
  {
    kind: 'rpm',
    name: 'bash',
    version: '4.4.19-12.el8',
    architecture: 'x86_64',
    source: { name: 'bash', version: '4.4.19-12.el8' },
  },
  {
    kind: 'rpm',
    name: 'nodejs-libs',
    version: '1:14.16.0-2.module_el8.3.0+100+234774f7',
    architecture: 'x86_64',
    source: { name: 'nodejs', version: '1:14.16.0-2.module_el8.3.0+100+234774f7' },
    modularity: 'nodejs:14:8030020210303:229f0a1c',
  },
  { kind: 'rpm', name: 'gpg-pubkey', version: '3abb34f8-5ffd890e' },
];

const small = [bash, { ...bash, name: 'zsh' }, key];

const formats: [string, Buffer][] = [
  ['SQLite', buildSqlite(three)],
  ['NDB', buildNdb(three)],
  ['Berkeley DB', buildBerkeleyDb(three)],
  ['Berkeley DB of another byte order', buildBerkeleyDb(three, { littleEndian: false })],
];

describe('packages of rpm', () => {
  it.each(formats)('are read from %s, with the files that tell of packages', (_name, database) => {
    expect(rpm.extract(path, byteSource(database))).toEqual({
      packages: expected,
      owned: [{ package: 'bash', paths: ['usr/bin/bash', 'usr/lib/python3/site-packages/a.dist-info/METADATA'] }],
    });
  });

  it('are read where a header stands among the keys of Berkeley DB', () => {
    const { packages, problem } = rpm.extract(path, byteSource(buildBerkeleyDb(small, { inline: true })));
    expect(packages.map(({ name }) => name)).toEqual(['bash', 'zsh', 'gpg-pubkey']);
    expect(problem).toBeUndefined();
  });

  it.each([512, 4096, 65_536])('are read from trees of many SQLite pages of %i bytes', (pageBytes) => {
    const many = Array.from({ length: 400 }, (_, index) => ({ ...bash, name: `p${index}`, padding: index * 17 }));
    const { packages, problem } = rpm.extract(path, byteSource(buildSqlite(many, pageBytes)));
    expect(packages.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(problem).toBeUndefined();
  });

  it.each([
    ['var/lib/rpm/rpmdb.sqlite', 4096, true],
    ['var/lib/rpm/Packages', 4096, true],
    ['var/lib/rpm/Packages.db', 4096, true],
    ['usr/lib/sysimage/rpm/Packages.db', 4096, true],
    ['usr/share/rpm/rpmdb.sqlite', 4096, true],
    ['var/lib/rpm/rpmdb.sqlite-wal', 4096, true],
    ['var/lib/rpm/rpmdb.sqlite-wal', 0, false],
    ['var/lib/rpm/rpmdb.sqlite-shm', 4096, false],
    ['var/lib/rpm/Index.db', 4096, false],
    ['home/var/lib/rpm/Packages', 4096, false],
  ])('stand in %s of %i bytes: %s', (name, sizeBytes, wanted) => {
    expect(rpm.wants(name, { sizeBytes, mode: 0o644 })).toBe(wanted);
  });

  it('are none in an empty file, and unknown where changes were not written yet', () => {
    expect(rpm.extract(path, byteSource(''))).toEqual({ packages: [] });
    expect(() => rpm.extract(`${path}-wal`, byteSource(Buffer.alloc(64)))).toThrow(/not yet written/);
  });

  it.each(formats)('that come before a damage of %s stand, and the damage is told', (_name, database) => {
    const cut = database.subarray(0, database.length - 4096);
    const { packages, problem } = rpm.extract(path, byteSource(cut));
    expect(problem).toMatch(/cut|overlap|breaks off|shorter/);
    expect(packages.length).toBeLessThan(3);
  });

  it('are told to be missing where the format is unknown, or a database has none of them', () => {
    expect(rpm.extract(path, byteSource('hello, world, this is no database')).problem).toMatch(/format/);
    const renamed = Buffer.from(buildSqlite([bash]).toString('latin1').replaceAll('Packages', 'Pockages'), 'latin1');
    expect(rpm.extract(path, byteSource(renamed)).problem).toMatch(/without table Packages/);
  });

  it('are not read again and again where several keys lead to the same pages', () => {
    const database = buildNdb(Array.from({ length: 200 }, () => ({ ...key, padding: 5000 })));
    // All slots lead to the first package, under its number.
    for (let slot = 1; slot < 200; slot++) database.copy(database, 32 + slot * 16, 32, 48);
    database.writeUInt32LE(900_000, 4096 + 12);
    expect(rpm.extract(path, byteSource(database)).problem).toMatch(/overlap/);
  });

  it('are refused where pages of SQLite lead back to themselves', () => {
    const database = buildSqlite(Array.from({ length: 400 }, () => bash));
    const interior = Array.from({ length: database.length / 4096 }, (_, page) => page).filter(
      (page) => page > 0 && database[page * 4096] === 5,
    );
    for (const page of interior) database.writeUInt32BE(page + 1, page * 4096 + 8);
    expect(interior).not.toEqual([]);
    expect(rpm.extract(path, byteSource(database)).problem).toMatch(/circle/);
  });

  it('that come before a pointer to page 0 of SQLite stand', () => {
    const database = buildSqlite([key, { ...bash, padding: 9000 }]);
    // Page 3 holds both rows, the first one at its end; the last bytes of the second say on which page it goes on.
    const leaf = 2 * 4096;
    expect([database[leaf], database.readUInt16BE(leaf + 3)]).toEqual([13, 2]);
    const pointerAt = leaf + database.readUInt16BE(leaf + 8) - 4;
    expect(rpm.extract(path, byteSource(database)).packages).toHaveLength(2);
    database.writeUInt32BE(0, pointerAt);
    const { packages, problem } = rpm.extract(path, byteSource(database));
    expect(problem).toMatch(/no page/);
    expect(packages).toHaveLength(1);
  });

  it('never stop a scan', () => {
    const originals = [
      buildBerkeleyDb(small),
      buildNdb(small),
      buildSqlite(small),
      buildBerkeleyDb(small, { inline: true }),
    ];
    fc.assert(
      fc.property(hostileBytes(originals), (bytes) => {
        const { packages, problem } = rpm.extract(path, byteSource(bytes));
        for (const found of packages) expect(found.version).not.toBe('');
        if (problem !== undefined) expect(problem).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the source of a package', () => {
  it.each([
    ['glibc-2.28-151.el8.src.rpm', '', { name: 'glibc', version: '2.28-151.el8' }],
    [
      'java-1.8.0-openjdk-1.8.0.362.b09-2.el8_7.src.rpm',
      '1:',
      { name: 'java-1.8.0-openjdk', version: '1:1.8.0.362.b09-2.el8_7' },
    ],
    ['kernel-5.14.0-1.nosrc.rpm', '', { name: 'kernel', version: '5.14.0-1' }],
    ['(none)', '', undefined],
    ['', '', undefined],
  ])('is read from %j', (file, epoch, source) => {
    expect(sourceOf(file, epoch)).toEqual(source);
  });
});

describeSharedData('databases that rpm itself wrote', (data) => {
  interface Listed {
    name: string;
    epoch: number | null;
    version: string;
    release: string;
    arch: string;
  }
  const listed: Listed[] = JSON.parse(readFileSync(`${data}/images/osdb/rpm-expected.json`, 'utf8'));

  it.each([
    ['rpm-rpmdb.sqlite', listed],
    ['rpm-Packages-ndb.db', listed],
    ['rpm-Packages-bdb', [{ name: 'hello', epoch: 1, version: '0.0.1', release: 'rls', arch: 'x86_64' }]],
  ])('give what `rpm -qa` lists: %s', (name, wanted) => {
    const { packages, problem } = rpm.extract(path, byteSource(readFileSync(`${data}/images/osdb/${name}`)));
    expect(problem).toBeUndefined();
    const told = packages.map((found) => `${found.name} ${found.version} ${found.architecture}`);
    expect(told.toSorted()).toEqual(
      wanted
        .map(
          (one) => `${one.name} ${one.epoch === null ? '' : `${one.epoch}:`}${one.version}-${one.release} ${one.arch}`,
        )
        .toSorted(),
    );
  });
});
