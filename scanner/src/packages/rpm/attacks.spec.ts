/** Every way we know to hurt whoever reads a database of rpm, in its three formats; each ends as it should. */
import { describe, it } from 'vitest';
import { expectFileWithstood, type FileAttack } from '../fixtures/file-attack.ts';
import { buildBerkeleyDb, buildHeader, buildNdb, buildSqlite, type RpmFixture } from './fixtures/build-databases.ts';

const bash: RpmFixture = { name: 'bash', version: '5.1', release: '2' };
const zlib: RpmFixture = { name: 'zlib', version: '1.2', release: '3' };
const large: RpmFixture = { ...zlib, padding: 9000 };
const unreadable = { reasons: ['package-unreadable'] };
const first = { ...unreadable, packages: ['bash 5.1-2'] };
const pageBytes = 4096;

interface RpmAttack extends Omit<FileAttack, 'path'> {
  content: Buffer;
}

function changed(database: Buffer, change: (database: Buffer) => void): Buffer {
  change(database);
  return database;
}

/** Page 3 is the leaf of table `Packages`; its head has 8 bytes, the number of cells in them, then the place of each cell. */
const leaf = 2 * pageBytes;
const cellOf = (database: Buffer, row: number): number => leaf + database.readUInt16BE(leaf + 8 + row * 2);

const sqlite: Record<string, RpmAttack> = {
  'SQLite whose page leads to itself': {
    content: changed(buildSqlite([bash, large]), (db) => {
      // The cell of the second row ends where that of the first begins, with the page on which it goes on.
      const page = db.readUInt32BE(cellOf(db, 0) - 4);
      db.writeUInt32BE(page, (page - 1) * pageBytes);
    }),
    ...first,
  },
  'SQLite whose pages are a tree that holds itself': {
    content: changed(buildSqlite([bash]), (db) => {
      db[leaf] = 5;
      db.writeUInt16BE(0, leaf + 3);
      db.writeUInt32BE(3, leaf + 8);
    }),
    ...unreadable,
  },
  'SQLite with pages of two bytes': {
    content: changed(buildSqlite([bash]), (db) => db.writeUInt16BE(2, 16)),
    ...unreadable,
  },
  'SQLite with pages larger than the file': {
    content: changed(buildSqlite([bash]), (db) => db.writeUInt16BE(1, 16)),
    ...unreadable,
  },
  'SQLite with 65,535 rows in a page': {
    content: changed(buildSqlite([bash]), (db) => db.writeUInt16BE(0xffff, leaf + 3)),
    ...unreadable,
  },
  'SQLite with a row as large as its numbers go': {
    content: changed(buildSqlite([bash, zlib]), (db) => db.fill(0xff, cellOf(db, 1), cellOf(db, 1) + 9)),
    ...first,
  },
  'SQLite with a thousand rows in one place': {
    content: changed(buildSqlite([{ ...bash, padding: 2000 }]), (db) => {
      const cell = db.readUInt16BE(leaf + 8);
      db.writeUInt16BE(900, leaf + 3);
      for (let row = 0; row < 900; row += 1) db.writeUInt16BE(cell, leaf + 8 + row * 2);
    }),
    ...unreadable,
    packages: 7,
  },
  'SQLite with a column beyond its row': {
    content: changed(buildSqlite([bash]), (db) => db.fill(0x7f, cellOf(db, 0) + 4, cellOf(db, 0) + 8)),
    ...unreadable,
  },
  'SQLite that is cut in its head': { content: buildSqlite([bash]).subarray(0, 60), ...unreadable },
};

/** On its second page a Berkeley DB of fixtures has the counter, on the third the first package. */
const entryPage = 2 * pageBytes;

const berkeley: Record<string, RpmAttack> = {
  'Berkeley DB whose page leads to itself': {
    content: changed(buildBerkeleyDb([bash, large]), (db) => {
      const page = db.readUInt32LE(4 * pageBytes + db.readUInt16LE(4 * pageBytes + 28) + 4);
      db.writeUInt32LE(page, page * pageBytes + 16);
    }),
    ...first,
  },
  'Berkeley DB that has four billion pages': {
    content: changed(buildBerkeleyDb([bash]), (db) => db.writeUInt32LE(0xffff_ffff, 32)),
    ...unreadable,
  },
  'Berkeley DB with pages of one byte': {
    content: changed(buildBerkeleyDb([bash]), (db) => db.writeUInt32LE(1, 20)),
    ...unreadable,
  },
  'Berkeley DB with 65,535 entries in a page': {
    content: changed(buildBerkeleyDb([bash]), (db) => db.writeUInt16LE(0xffff, entryPage + 20)),
    ...unreadable,
  },
  'Berkeley DB with a package of 4 GB': {
    content: changed(buildBerkeleyDb([bash]), (db) =>
      db.writeUInt32LE(0xffff_ffff, entryPage + db.readUInt16LE(entryPage + 28) + 8),
    ),
    ...unreadable,
  },
  'Berkeley DB with a thousand packages in one place': {
    content: crowdedPage(),
    ...unreadable,
    packages: 11,
  },
};

/** All pairs of key and value on a page end where the first begins: each value is most of the page. */
function crowdedPage(): Buffer {
  const database = buildBerkeleyDb([{ ...bash, padding: 1000 }], { inline: true });
  const value = database.readUInt16LE(entryPage + 28);
  const key = database.readUInt16LE(entryPage + 26);
  const pairs = 600;
  database.writeUInt16LE(2 * pairs, entryPage + 20);
  for (let pair = 0; pair < pairs; pair += 1) {
    database.writeUInt16LE(key, entryPage + 26 + pair * 4);
    database.writeUInt16LE(value, entryPage + 28 + pair * 4);
  }
  return database;
}

const others: Record<string, RpmAttack> = {
  'NDB with slots to the end of the world': {
    content: changed(buildNdb([bash]), (db) => db.writeUInt32LE(0xffff_ffff, 12)),
    ...unreadable,
  },
  'NDB with a package of 4 GB': {
    content: changed(buildNdb([bash]), (db) => db.writeUInt32LE(0xffff_ffff, pageBytes + 12)),
    ...unreadable,
  },
  'NDB with a slot that leads out of the file': {
    content: changed(buildNdb([bash, zlib]), (db) => db.writeUInt32LE(0xffff_ffff, 32 + 16 + 8)),
    ...first,
  },
  'NDB with two hundred slots that lead to one package': {
    content: changed(buildNdb([{ ...bash, padding: 3000 }]), (db) => {
      for (let slot = 1; slot < 200; slot += 1) db.copy(db, 32 + slot * 16, 32, 48);
    }),
    ...unreadable,
    packages: 2,
  },
  'a package with four billion entries': {
    content: inNdb((header) => header.writeUInt32BE(0xffff_ffff, 0)),
    ...unreadable,
  },
  'a package with 4 GB of data': { content: inNdb((header) => header.writeUInt32BE(0xffff_ffff, 4)), ...unreadable },
  'a package whose name stands outside of its data': {
    content: inNdb((header) => header.writeUInt32BE(0x7fff_ffff, 8 + 8)),
    ...unreadable,
  },
  'a package whose texts do not end': {
    content: inNdb((header) => header.fill(0x61, header.length - 12)),
    ...unreadable,
  },
  'a package that repeats a folder of 64 KB for each of its files': {
    content: buildNdb([{ ...bash, files: Array.from({ length: 20_000 }, () => `/${'a'.repeat(65_000)}/bin/x`) }]),
    reasons: [],
    packages: ['bash 5.1-2'],
  },
  'a package that repeats a folder of 4,000 letters for each of its files': {
    content: buildNdb([{ ...bash, files: Array.from({ length: 20_000 }, () => `/${'a'.repeat(4000)}/bin/x`) }]),
    ...unreadable,
    packages: ['bash 5.1-2'],
  },
};

/** A database of one package whose header was changed. */
function inNdb(change: (header: Buffer) => void): Buffer {
  const database = buildNdb([bash]);
  const { length } = buildHeader(bash);
  change(database.subarray(pageBytes + 16, pageBytes + 16 + length));
  return database;
}

describe('a database of rpm', () => {
  it.each(Object.entries({ ...sqlite, ...berkeley, ...others }))('does no harm: %s', (_name, attack) =>
    expectFileWithstood({ path: 'var/lib/rpm/Packages', ...attack }),
  );
});
