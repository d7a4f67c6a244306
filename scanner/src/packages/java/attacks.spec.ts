/** Every way we know to hurt whoever reads archives of Java; each ends as it should. */
import { describe, it } from 'vitest';
import { expectFileWithstood, type FileAttack } from '../fixtures/file-attack.ts';
import { buildZip, type ZipFixtureEntry } from './fixtures/build-zip.ts';

const unreadable = { reasons: ['package-unreadable'] };
const properties = 'groupId=g\nartifactId=a\nversion=1\n';
const pom: ZipFixtureEntry = { name: 'META-INF/maven/g/a/pom.properties', content: properties };
const told = ['g:a 1'];
const end = 22;
const zeros = Buffer.alloc(200 * 1024 * 1024);

function changed(archive: Buffer, change: (archive: Buffer, directory: number) => void): Buffer {
  change(archive, archive.readUInt32LE(archive.length - end + 16));
  return archive;
}

/** An archive whose directory has the first entry again and again, which therefore all share their bytes. */
function repeated(entry: ZipFixtureEntry, count: number): Buffer {
  const archive = buildZip([entry]);
  const start = archive.readUInt32LE(archive.length - end + 16);
  const one = archive.subarray(start, archive.length - end);
  const tail = Buffer.from(archive.subarray(archive.length - end));
  tail.writeUInt32LE(one.length * count, 12);
  return Buffer.concat([archive.subarray(0, start), ...Array.from({ length: count }, () => one), tail]);
}

/** So many of the same in each other. */
function nested(depth: number, count: number): Buffer {
  let archive = buildZip([pom]);
  for (let level = 0; level < depth; level += 1)
    archive = repeated({ name: 'a.jar', content: archive, stored: true }, count);
  return archive;
}

type JarAttack = Omit<FileAttack, 'path'>;

const attacks: Record<string, JarAttack> = {
  // Directories
  'a directory that is not there': { content: buildZip([pom]).subarray(0, -end), ...unreadable },
  'a directory that begins behind the file': {
    content: changed(buildZip([pom]), (jar) => jar.writeUInt32LE(0x7fff_ffff, jar.length - end + 16)),
    ...unreadable,
  },
  'a directory of 4 GB': {
    content: changed(buildZip([pom]), (jar) => jar.writeUInt32LE(0xffff_fffe, jar.length - end + 12)),
    ...unreadable,
  },
  'a directory of 64 bits that lies beyond all numbers': {
    content: changed(buildZip([pom], { zip64: true }), (jar) =>
      jar.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, jar.length - end - 20 - 56 + 48),
    ),
    ...unreadable,
  },
  'a directory whose names go on behind it': {
    content: changed(buildZip([pom]), (jar, directory) => jar.writeUInt16LE(0xffff, directory + 28)),
    ...unreadable,
  },
  'a directory with entries that nothing stands behind': {
    content: changed(buildZip([pom]), (jar, directory) => jar.writeUInt32LE(0, directory)),
    ...unreadable,
  },
  'a comment that looks like an end': {
    content: buildZip([pom], { comment: 'PK\x05\x06'.repeat(10_000) }),
    reasons: [],
    packages: told,
  },

  // Entries
  'an entry that begins behind the file': {
    content: changed(buildZip([pom]), (jar, directory) => jar.writeUInt32LE(0x7fff_ffff, directory + 42)),
    ...unreadable,
  },
  'an entry of 4 GB': {
    content: changed(buildZip([pom]), (jar, directory) => jar.writeUInt32LE(0xffff_fffe, directory + 20)),
    ...unreadable,
  },
  'an entry of 64 bits that lies before the file': {
    content: changed(buildZip([pom], { zip64: true }), (jar) => {
      const directory = jar.lastIndexOf('PK\x01\x02');
      jar.writeBigUInt64LE(0xffff_ffff_ffff_ff00n, directory + 46 + pom.name.length + 4 + 16);
    }),
    ...unreadable,
  },
  'an entry that says it is small and inflates to 200 MB': {
    content: buildZip([{ name: 'b.jar', content: zeros, sizeBytes: 100 }, pom]),
    ...unreadable,
    packages: told,
  },
  'an entry that says it is large and is small': {
    content: buildZip([{ ...pom, sizeBytes: 0x7fff_ffff }]),
    ...unreadable,
  },
  'an entry that does not inflate': {
    content: changed(buildZip([pom]), (jar, directory) => jar.fill(0xff, 30 + pom.name.length, directory)),
    ...unreadable,
  },
  'an entry that is encrypted, with a name of 60,000 letters and a NUL': {
    content: buildZip([{ name: `${'\0'.repeat(60_000)}.jar`, content: 'x', encrypted: true }]),
    ...unreadable,
  },
  'an entry in a way of compression that nobody knows': {
    content: changed(buildZip([pom]), (jar, directory) => jar.writeUInt16LE(99, directory + 10)),
    ...unreadable,
  },
  'twenty thousand entries that share their bytes': { content: repeated(pom, 20_000), reasons: [], packages: told },
  'a hundred entries that share the bytes of a text of 1 MB': {
    content: repeated({ ...pom, content: `${properties}${' '.repeat(1_000_000)}` }, 100),
    ...unreadable,
  },
  'a text of 1 MB that is one folded line': {
    content: buildZip([
      { name: 'META-INF/MANIFEST.MF', content: `Bundle-SymbolicName: a.b.c\n${' x\n'.repeat(300_000)}` },
    ]),
    reasons: [],
  },
  'a text of 100 MB': { content: buildZip([{ ...pom, content: zeros.subarray(0, 100_000_000) }]), ...unreadable },

  // Archives in archives
  'an archive in an archive, fifty times': { content: nested(50, 1), ...unreadable },
  'sixteen archives in each of sixteen, four deep': { content: nested(4, 16), ...unreadable, packages: told },
  'twenty thousand archives that share a directory of 1 MB': {
    content: repeated({ name: 'a.jar', content: repeated({ name: 'x', content: '' }, 20_000), stored: true }, 20_000),
    ...unreadable,
  },
  'an archive that inflates to one that inflates, four deep': {
    content: [1, 2, 3].reduce(
      (inner) => buildZip([{ name: 'b.jar', content: inner }]),
      buildZip([{ name: 'b.jar', content: zeros }]),
    ),
    ...unreadable,
  },
  'five thousand archives that do not inflate': {
    content: changed(repeated({ name: 'a.jar', content: 'x'.repeat(100) }, 5000), (jar) => jar.fill(0xff, 35, 36)),
    ...unreadable,
  },
};

describe('an archive of Java', () => {
  it.each(Object.entries(attacks))('does no harm: %s', (_name, attack) =>
    expectFileWithstood({ path: 'app/x.jar', ...attack }),
  );
});
