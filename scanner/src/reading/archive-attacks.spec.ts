/** Every way we know to hurt whoever reads an archive; each ends complete, incomplete with its reason, or refused. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tarArchive } from '../../../tests/support/images/index.ts';
import { paxRecords, rawEntry, rawTar, type RawEntry } from '../../../tests/support/images/raw-tar.ts';
import { type Attack, dpkgStatus, expectWithstood } from './fixtures/read-attack.ts';

const bash = ['bash 5.1'];
const status: RawEntry = { name: 'var/lib/dpkg/status', content: dpkgStatus };
const pax = (records: Record<string, string>): RawEntry => ({ type: 'x', content: paxRecords(records) });
const many = (count: number, entry: (number: number) => RawEntry): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, number) => rawEntry(entry(number))));
const base256 = (bytes: string): Buffer => Buffer.from(bytes.padStart(22, '0').padStart(24, '80'), 'hex');
const zeros = Buffer.alloc(16 * 1024 * 1024);
/** The header of a file that goes on for long. */
const endless = rawEntry({ name: 'a', size: 144 * 1024 * 1024 });
const repeated = (bytes: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));

const attacks: Record<string, Attack> = {
  // Paths
  'a path that leaves the root': {
    layer: rawTar({ name: '../../etc/cron.d/x' }, status),
    reasons: ['path-refused'],
    packages: bash,
  },
  'a path that leaves the root on its way': { layer: rawTar({ name: 'a/../../x' }), reasons: ['path-refused'] },
  'an absolute path': { layer: rawTar({ ...status, name: '/var/lib/dpkg/status' }), reasons: [], packages: bash },
  'an absolute path with many slashes': {
    layer: rawTar({ ...status, name: '///var//lib/./dpkg/status' }),
    reasons: [],
    packages: bash,
  },
  'a path with a NUL': { layer: rawTar(pax({ path: 'a\0b' }), { name: 'x' }), reasons: ['path-refused'] },
  'a path longer than any': {
    layer: rawTar(pax({ path: 'a'.repeat(5000) }), { name: 'x' }),
    reasons: ['path-refused'],
  },
  'a path of a thousand folders': {
    layer: rawTar(pax({ path: 'a/'.repeat(1000) }), { name: 'x' }),
    reasons: ['budget-depth'],
  },
  'a name of nothing but dots and slashes': {
    layer: rawTar({ name: './././' }, { name: '/' }, status),
    reasons: [],
    packages: bash,
  },
  'a path that is no UTF-8': {
    layer: rawTar({ name: Buffer.from('a\xff\xfe', 'latin1').toString('latin1') }, status),
    reasons: [],
    packages: bash,
  },

  // Links
  'a symbolic link out, and a file through it': {
    layer: rawTar({ name: 'var/lib', type: '2', link: '../../../../etc' }, status),
    reasons: [],
    packages: bash,
  },
  'a symbolic link to itself': {
    layer: rawTar({ name: 'var', type: '2', link: 'var' }, status),
    reasons: [],
    packages: bash,
  },
  'symbolic links in a circle': {
    layer: rawTar(
      { name: 'a', type: '2', link: 'b' },
      { name: 'b', type: '2', link: 'a' },
      { name: 'lib', type: '2', link: 'a/b' },
    ),
    reasons: [],
  },
  'a symbolic link to a path with a NUL': {
    layer: rawTar(pax({ linkpath: 'a\0b' }), { name: 'lib', type: '2' }),
    reasons: [],
    expects: ({ links }) => expect(links).toEqual([]),
  },
  'a symbolic link to a path longer than any': {
    layer: rawTar(pax({ linkpath: 'a/'.repeat(4000) }), { name: 'lib', type: '2' }),
    reasons: [],
    expects: ({ links }) => expect(links).toEqual([]),
  },
  'a hard link out': { layer: rawTar({ name: 'x', type: '1', link: '../../etc/shadow' }), reasons: ['path-refused'] },
  'a hard link to an absolute path': {
    layer: rawTar(status, { name: 'x', type: '1', link: '/etc/shadow' }),
    reasons: [],
    packages: bash,
  },
  'a hard link to itself': {
    layer: rawTar({ name: 'x', type: '1', link: 'x' }, { ...status, type: '1', link: 'x', content: '' }),
    reasons: ['package-unreadable'],
  },
  'a hard link to what comes later': {
    layer: rawTar({ name: 'a/status', type: '1', link: 'b/status' }, { name: 'b/status' }),
    reasons: [],
  },
  'a million names of one large database': {
    layer: rawTar(
      { name: 'a/status', content: repeated(Buffer.from(`${dpkgStatus}\n`), 100) },
      many(3000, (number) => ({ name: `b/${number}/status`, type: '1', link: 'a/status' })),
    ),
    limits: { indexBytes: 1_000_000 },
    reasons: ['budget-memory'],
    packages: 9000,
  },

  // What comes twice
  'the same path twenty thousand times': {
    layer: rawTar(
      many(20_000, () => ({ name: 'var/lib/dpkg/status' })),
      status,
    ),
    reasons: [],
    packages: bash,
  },
  'a file that becomes a folder that becomes a file': {
    layer: rawTar(
      { name: 'var', content: 'x' },
      status,
      { name: 'var', content: 'y' },
      { name: 'var/', type: '5' },
      status,
    ),
    reasons: [],
    packages: bash,
  },
  'a folder that a file replaces again and again': {
    layer: rawTar(
      many(5_000, (number) => ({
        name: `b/node_modules/p${number}/package.json`,
        content: '{"name":"p","version":"1"}',
      })),
      many(10_000, (number) =>
        number % 2 === 0
          ? { name: 'a/node_modules/q/package.json', content: '{"name":"q","version":"1"}' }
          : { name: 'a' },
      ),
    ),
    reasons: [],
    packages: Array.from({ length: 5_000 }, () => 'p 1'),
  },

  // Sizes that lie
  'a negative size': {
    layer: rawTar(status, { name: 'a', size: Buffer.alloc(12, 0xff) }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'a size of 2^88': {
    layer: rawTar(status, { name: 'a', size: Buffer.concat([Buffer.of(0x80), Buffer.alloc(11, 0xff)]) }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'a size of 2^53 - 1': {
    layer: rawTar(status, { name: 'a', size: base256('1fffffffffffff') }),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'a size of 8 GB that is not there': {
    layer: rawTar(status, { name: 'a', size: '77777777777\0' }),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'a size in letters': {
    layer: rawTar(status, { name: 'a', size: 'many bytes' }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'a database of 8 GB that is not there': {
    layer: rawTar({ ...status, size: '77777777777\0' }),
    reasons: ['file-too-large', 'layer-truncated'],
  },
  'a program of 1 TB that is not there': {
    layer: rawTar({ name: 'usr/bin/x', mode: '0000755\0', size: base256('ffffffffff'), content: '\x7fELF' }),
    reasons: ['layer-truncated'],
  },
  'a size of PAX beyond all numbers': {
    layer: rawTar(status, pax({ size: '9'.repeat(400) }), { name: 'a' }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'a size of PAX that is negative': {
    layer: rawTar(status, pax({ size: '-512' }), { name: 'a' }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'an entry in the content of another, by two sizes': {
    layer: rawTar(
      pax({ size: '1024' }),
      { name: 'a', size: 0, content: rawEntry({ ...status, content: 'x' }) },
      status,
    ),
    reasons: [],
    packages: bash,
  },
  'a folder and a link that claim to have content': {
    layer: rawTar({ name: 'd', type: '5', size: 512 }, { name: 'l', type: '2', link: 'x', size: 512 }, status),
    reasons: [],
    packages: bash,
  },

  // Extended headers
  'an extended header of 5 MB': {
    layer: rawTar(pax({ path: 'a'.repeat(5_000_000) }), { name: 'x' }, status),
    reasons: ['budget-memory'],
    packages: bash,
  },
  'an extended header of 8 GB that is not there': {
    layer: rawTar(status, { type: 'x', size: '77777777777\0' }),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'extended headers without end': {
    layer: rawTar(
      status,
      many(50_000, () => pax({ path: 'a' })),
    ),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'an extended header of an extended header': {
    layer: rawTar(pax({ size: '99999999' }), pax({ path: 'b' }), { name: 'c', content: '' }, status),
    reasons: [],
    packages: bash,
  },
  'a global header of 5 MB': {
    layer: rawTar({ type: 'g', content: Buffer.alloc(5_000_000, '1') }, status),
    reasons: [],
    packages: bash,
  },
  'long names of GNU without end': {
    layer: rawTar(
      status,
      many(20_000, () => ({ name: '././@LongLink', type: 'L', content: 'a' })),
    ),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'a long name of GNU that leaves the root': {
    layer: rawTar({ type: 'L', content: '../../x\0' }, status),
    reasons: ['path-refused'],
  },
  'a record of PAX whose length lies': {
    layer: rawTar(status, { type: 'x', content: '99 path=a\n' }, { name: 'a' }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'a sparse file of format 0.0': {
    layer: rawTar(
      pax({
        'GNU.sparse.size': '99999999999',
        'GNU.sparse.numblocks': '1',
        'GNU.sparse.offset': '0',
        'GNU.sparse.numbytes': '1',
      }),
      status,
    ),
    reasons: ['package-unreadable'],
  },
  'a sparse file of format 0.1': {
    layer: rawTar(pax({ 'GNU.sparse.size': '99999999999', 'GNU.sparse.map': '0,1' }), status),
    reasons: ['package-unreadable'],
  },
  'a sparse file of format 1.0': {
    layer: rawTar(
      pax({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': 'var/lib/dpkg/status',
        'GNU.sparse.realsize': '99999999999',
      }),
      { name: 'GNUSparseFile.0/status', content: '1\n0\n1\n' },
    ),
    reasons: ['package-unreadable'],
  },
  'a sparse file of GNU whose map does not end': {
    layer: Buffer.concat([
      rawEntry({ name: 's', type: 'S', magic: 'ustar  \0', change: (header) => (header[482] = 1) }),
      repeated(Buffer.alloc(512, 1), 1000),
    ]),
    reasons: ['layer-truncated'],
  },

  // What containers see otherwise than other readers do: they are unpacked with Go's `archive/tar`
  'a global header that gives all entries one path': {
    layer: rawTar({ type: 'g', content: paxRecords({ path: 'a' }) }, status),
    reasons: [],
    packages: bash,
  },
  'a global header that gives all entries one size': {
    layer: rawTar({ type: 'g', content: paxRecords({ size: '99999999' }) }, status),
    reasons: [],
    packages: bash,
  },
  'a global header behind the extended header of an entry': {
    layer: rawTar(pax({ path: 'a' }), { type: 'g', content: paxRecords({ comment: 'c' }) }, status),
    reasons: [],
    packages: bash,
  },
  'a second extended header, which takes the first back': {
    layer: rawTar(pax({ path: 'a' }), pax({ comment: 'c' }), status),
    reasons: [],
    packages: bash,
  },
  'a path of PAX and a long name of GNU': {
    layer: rawTar({ type: 'L', content: 'var/lib/dpkg/status' }, pax({ path: 'a' }), { ...status, name: 'b' }),
    reasons: [],
    packages: bash,
  },
  'a long name of GNU that is empty': {
    layer: rawTar({ type: 'L', content: '\0' }, status),
    reasons: [],
    packages: bash,
  },
  'a name for sparse files on one that is none': {
    layer: rawTar(pax({ 'GNU.sparse.name': 'a', 'GNU.sparse.major': '7' }), status),
    reasons: ['package-unreadable'],
  },
  'a file whose name ends in a slash, with the end of the archive in it': {
    layer: rawTar({ name: 'a/', content: Buffer.alloc(1024) }, status),
    reasons: [],
    packages: bash,
  },
  'a size with NUL before it': {
    layer: rawTar({ name: 'a', content: Buffer.alloc(1024), size: '\0\0\0\x000002000\0' }, status),
    reasons: [],
    packages: bash,
  },
  'a prefix under a mark that is nearly that of POSIX': {
    layer: rawTar({ ...status, prefix: 'a', magic: 'us\0ar\x0000' }),
    reasons: [],
    packages: bash,
  },
  'a prefix that star cuts': {
    layer: rawTar({
      ...status,
      name: 'lib/dpkg/status',
      prefix: `${'.//'.repeat(42)}./var${'/a'.repeat(10)}`.slice(0, 155),
      change: (header) => header.write('tar\0', 508),
    }),
    reasons: [],
    packages: bash,
  },
  'a sparse file of GNU that says in another way that its map goes on': {
    layer: Buffer.concat([
      rawEntry({ name: 's', type: 'S', magic: 'ustar  \0', change: (header) => (header[482] = 2) }),
      Buffer.alloc(512),
      rawTar(status),
    ]),
    reasons: [],
    packages: bash,
  },
  'an extended header of a type that containers do not know': {
    layer: rawTar({ name: 'a', type: 'X', content: paxRecords({ path: 'a' }) }, status),
    reasons: [],
    packages: bash,
  },
  'an archive without the padding of its last file': {
    layer: rawEntry(status).subarray(0, 512 + dpkgStatus.length),
    reasons: [],
    packages: bash,
  },

  // Kinds
  'devices, a pipe and a type that nobody knows': {
    layer: rawTar(
      { name: 'dev/sda', type: '4' },
      { name: 'dev/mem', type: '3' },
      { ...status, type: '6', content: '' },
      { name: 'x', type: 'Z' },
      { name: 'y', type: '7' },
    ),
    reasons: [],
  },
  'a setuid file at a strange path': {
    layer: rawTar({ name: 'tmp/.x', mode: '0004777\0', content: 'x' }),
    reasons: [],
    expects: ({ files }) => expect(files).toMatchObject([{ path: 'tmp/.x', mode: 0o4777 }]),
  },

  // Whiteouts
  'a whiteout that leaves the root': { layer: rawTar({ name: '../.wh.etc' }), reasons: ['path-refused'] },
  'whiteouts of the folder itself, and the one above': {
    layer: rawTar({ name: 'a/.wh..' }, { name: 'a/.wh...' }, { name: 'a/.wh.' }, { name: '.wh..wh.plnk' }),
    reasons: [],
    expects: ({ removed, opaque }) => expect([removed, opaque]).toEqual([[], []]),
  },
  'an opaque root': {
    layer: rawTar({ name: '.wh..wh..opq' }, status),
    reasons: [],
    packages: bash,
    expects: ({ opaque }) => expect(opaque).toEqual(['']),
  },
  'a hundred thousand whiteouts': {
    layer: rawTar(many(100_000, (number) => ({ name: `.wh.${number}` }))),
    limits: { indexBytes: 1_000_000 },
    reasons: ['budget-memory'],
  },

  // Amounts
  'a hundred thousand paths of 4,000 bytes': {
    layer: rawTar(
      many(2000, (number) => ({
        type: number % 2 === 0 ? 'x' : '0',
        content: number % 2 === 0 ? paxRecords({ path: `${number}${'\x01'.repeat(4000)}` }) : '',
      })),
    ),
    limits: { indexBytes: 5_000_000 },
    reasons: ['budget-memory'],
    expects: (index) => expect(JSON.stringify(index).length).toBeLessThan(5_100_000),
  },

  // Compression
  'a bomb of gzip': {
    layer: Buffer.concat([gzipSync(endless), repeated(gzipSync(zeros), 9)]),
    reasons: ['budget-ratio'],
  },
  'a bomb of zstd': {
    layer: Buffer.concat([zstdCompressSync(endless), repeated(zstdCompressSync(zeros), 9)]),
    reasons: ['budget-ratio'],
  },
  'a bomb of gzip in gzip': {
    layer: gzipSync(Buffer.concat([gzipSync(endless), repeated(gzipSync(zeros), 9)])),
    reasons: ['layer-corrupt'],
  },
  'a bomb of tar in tar': {
    layer: gzipSync(rawTar({ name: 'a.tar', content: rawTar({ name: '../x' }) }, status)),
    reasons: [],
    packages: bash,
  },
  'gzip of fifty thousand members with nothing in them': {
    layer: Buffer.concat([repeated(gzipSync(''), 50_000), gzipSync(rawTar(status))]),
    reasons: [],
    packages: bash,
  },
  'zstd of fifty thousand frames with nothing in them': {
    layer: Buffer.concat([repeated(zstdCompressSync(''), 50_000), zstdCompressSync(rawTar(status))]),
    reasons: [],
    packages: bash,
  },
  'zstd that wants 2 GB for its window': {
    layer: Buffer.from('28b52ffd00a8010000', 'hex'),
    reasons: ['layer-corrupt'],
  },
  'zstd that skips 4 GB which are not there': {
    layer: Buffer.from('502a4d18ffffffff00', 'hex'),
    reasons: ['layer-truncated'],
  },
  'gzip whose sum is wrong': {
    layer: Buffer.concat([gzipSync(rawTar(status)).subarray(0, -8), Buffer.alloc(8, 0x55)]),
    hashed: true,
    reasons: ['layer-corrupt'],
  },
  'gzip that is cut off': {
    layer: gzipSync(rawTar(status), { level: 0 }).subarray(0, 1500),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'gzip with something else behind it': {
    layer: Buffer.concat([gzipSync(rawTar(status)), Buffer.from('more')]),
    hashed: true,
    reasons: ['layer-corrupt'],
  },
  xz: { layer: Buffer.from('fd377a585a0000000000', 'hex'), reasons: ['layer-unsupported'] },
  bzip2: { layer: Buffer.from('425a683931415926535900', 'hex'), reasons: ['layer-unsupported'] },
  lz4: { layer: Buffer.from('04224d186040820000', 'hex'), reasons: ['layer-unsupported'] },
  zip: { layer: Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(600, 1)]), reasons: ['layer-corrupt'] },

  // Ends
  'a second archive behind the first': {
    layer: Buffer.concat([tarArchive([{ path: 'a', content: '' }]), rawTar(status)]),
    reasons: [],
  },
  'an archive that is cut in a header': {
    layer: rawTar(status, { name: 'b' }).subarray(0, 1024 + 100),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'an archive that is cut in a content': {
    layer: rawTar(status, { name: 'b', content: 'x'.repeat(2000) }).subarray(0, 2100),
    reasons: ['layer-truncated'],
    packages: bash,
  },
  'a wrong sum': {
    layer: rawTar(status, { name: 'b', checksum: 'wrong' }),
    reasons: ['layer-corrupt'],
    packages: bash,
  },
  'nothing at all': { layer: Buffer.alloc(0), reasons: [] },
};

describe('an archive', () => {
  it.each(Object.entries(attacks))('does no harm: %s', (_name, attack) => expectWithstood(attack));
});
