import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type ByteSource, type Extracted, type Extractor, PackageUnreadable } from '../extractor.ts';
import { OwnedList } from '../owned-files.ts';
import { berkeleyPackages, hashMagic } from './berkeley-db.ts';
import { rpmDatabasePaths, rpmDatabases } from './database-paths.ts';
import { RpmHeader } from './header.ts';
import { ndbMagic, ndbPackages } from './ndb.ts';
import { sqliteMagic, sqlitePackages } from './sqlite.ts';

const walSuffix = '-wal';
/** Its own head: what is longer holds changes. */
const walHeadBytes = 32;

const paths: ReadonlySet<string> = new Set(rpmDatabasePaths);

/**
 * Packages of RPM: Red Hat, AlmaLinux, Rocky, Azure Linux, SUSE and their kin, from all three formats of its database.
 * Readers of our own, since `@snyk/rpm-parser` wants all of a file in memory and reads SQLite through WebAssembly.
 */
export const rpm: Extractor = {
  name: 'rpm',
  fileNames: rpmDatabases.flatMap((name) => [name, name + walSuffix]),
  maxBytes: 0,
  wants: (path, { sizeBytes }) =>
    paths.has(path) ||
    (path.endsWith(walSuffix) && sizeBytes > walHeadBytes && paths.has(path.slice(0, -walSuffix.length))),
  extract(path, bytes) {
    if (path.endsWith(walSuffix)) {
      throw new PackageUnreadable('changes that were not yet written into the database of rpm');
    }
    return bytes.sizeBytes === 0 ? { packages: [] } : readPackages(bytes);
  },
};

/** What came before a damage stands. */
function readPackages(bytes: ByteSource): Extracted {
  const packages: Package[] = [];
  const list = new OwnedList();
  let problem: string | undefined;
  try {
    for (const blob of headersOf(bytes)) {
      const header = new RpmHeader(blob);
      const found = header.package();
      if (found === undefined) {
        problem ??= 'a package without a name or a version';
        continue;
      }
      addPackage(packages, found);
      for (const path of header.paths()) list.take(path);
      list.endPackage(found.name);
    }
  } catch (error) {
    if (!(error instanceof PackageUnreadable)) throw error;
    problem = error.message;
  }
  return { packages, owned: list.owned, ...(problem === undefined ? {} : { problem }) };
}

function headersOf(bytes: ByteSource): Iterable<Uint8Array> {
  const head = Buffer.from(bytes.read(0, 16));
  if (head.toString('latin1') === sqliteMagic) return sqlitePackages(bytes);
  if (head.toString('latin1', 0, 4) === ndbMagic) return ndbPackages(bytes);
  const isHash = head.length === 16 && [head.readUInt32LE(12), head.readUInt32BE(12)].includes(hashMagic);
  if (isHash) return berkeleyPackages(bytes);
  throw new PackageUnreadable('a database of rpm in a format that we do not know');
}
