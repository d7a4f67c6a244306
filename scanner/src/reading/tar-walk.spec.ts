import { describe, expect, it } from 'vitest';
import { paxRecords, rawEntry, rawTar, type RawEntry } from '../../../tests/support/images/raw-tar.ts';
import { BytesSupply } from './byte-supply.ts';
import { LayerProblem } from './layer-problem.ts';
import { TarWalk } from './tar-walk.ts';

interface Seen {
  name: string | undefined;
  kind: string;
  size: number;
  content: string;
  link: string;
}

function walkAll(tar: Uint8Array): Seen[] {
  const walk = new TarWalk(new BytesSupply(tar));
  const seen: Seen[] = [];
  while (walk.next()) {
    const content = Buffer.alloc(walk.sizeBytes);
    const length = walk.window.take(content, 0, walk.sizeBytes);
    seen.push({
      name: walk.name,
      kind: walk.kind,
      size: walk.sizeBytes,
      content: content.toString('utf8', 0, length),
      link: walk.linkName,
    });
  }
  return seen;
}

function problemOf(tar: Uint8Array): string {
  try {
    walkAll(tar);
  } catch (error) {
    if (error instanceof LayerProblem) return error.code;
    throw error;
  }
  return 'none';
}

const long = `${'folder/'.repeat(40)}file`;
const base256 = (value: number) => {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(value), 4);
  bytes[0] = 0x80;
  return bytes;
};

describe('a tar walk', () => {
  it.each<[string, (RawEntry | Buffer)[], Partial<Seen>[]]>([
    ['a file', [{ name: 'a/b', content: 'text' }], [{ name: 'a/b', kind: 'file', content: 'text' }]],
    ['a type of NUL, as in old tar', [{ name: 'a', type: '\0', content: 'x' }], [{ name: 'a', kind: 'file' }]],
    ['a folder of old tar', [{ name: 'a/', type: '\0' }], [{ name: 'a/', kind: 'folder' }]],
    ['an unknown type: a file', [{ name: 'a', type: 'Z', content: 'x' }], [{ name: 'a', kind: 'file', content: 'x' }]],
    ['a device', [{ name: 'null', type: '3' }], [{ kind: 'other' }]],
    ['a symbolic link', [{ name: 'l', type: '2', link: '/etc' }], [{ kind: 'symlink', link: '/etc' }]],
    ['a hard link', [{ name: 'l', type: '1', link: 'a' }], [{ kind: 'hardlink', link: 'a' }]],
    ['a POSIX prefix', [{ name: 'b', prefix: 'a' }], [{ name: 'a/b' }]],
    [
      'no prefix in the place where GNU has times',
      [{ name: 'b', prefix: '1234', magic: 'ustar  \0' }],
      [{ name: 'b' }],
    ],
    [
      'GNU long names',
      [
        { name: '././@LongLink', type: 'L', content: `${long}\0` },
        { name: 'cut', content: 'x' },
      ],
      [{ name: long, content: 'x' }],
    ],
    [
      'GNU long link targets',
      [
        { name: '././@LongLink', type: 'K', content: `${long}\0` },
        { name: 'l', type: '2', link: 'cut' },
      ],
      [{ name: 'l', link: long }],
    ],
    [
      'PAX names, targets and sizes, for one entry only',
      [
        { type: 'x', content: paxRecords({ path: long, size: '3', comment: 'é' }) },
        { name: 'cut', size: 0, content: 'abc' },
        { name: 'next', content: 'n' },
        { type: 'x', content: paxRecords({ linkpath: long }) },
        { name: 'l', type: '2', link: 'cut' },
      ],
      [
        { name: long, size: 3, content: 'abc' },
        { name: 'next', content: 'n' },
        { name: 'l', link: long },
      ],
    ],
    [
      'nothing in global PAX records, as no container does',
      [
        { type: 'g', content: paxRecords({ linkpath: 'everywhere' }) },
        { name: 'a', type: '2', link: 'own' },
      ],
      [{ link: 'own' }],
    ],
    ['sizes in base 256', [{ name: 'a', size: base256(4), content: 'text' }], [{ size: 4, content: 'text' }]],
    ['numbers with spaces around them', [{ name: 'a', size: '         4 \0', content: 'text' }], [{ content: 'text' }]],
    [
      'the size that a folder or link claims to have: nothing follows',
      [
        { name: 'd', type: '5', size: 512 },
        { name: 'l', type: '2', link: 'x', size: 512 },
        { name: 'f', content: 'x' },
      ],
      [
        { name: 'd', size: 0 },
        { name: 'l', size: 0 },
        { name: 'f', content: 'x' },
      ],
    ],
    ['signed checksums', [{ name: 'é', checksum: 'signed', content: 'x' }], [{ name: 'é', content: 'x' }]],
    [
      'an empty block between entries',
      [{ name: 'a' }, Buffer.alloc(512), { name: 'b' }],
      [{ name: 'a' }, { name: 'b' }],
    ],
    ['nothing after two empty blocks', [{ name: 'a' }, Buffer.alloc(1024), { name: 'b' }], [{ name: 'a' }]],
    [
      'the old form of sparse files, with more of the map',
      [
        Buffer.concat([
          rawEntry({
            name: 's',
            type: 'S',
            size: 4,
            magic: 'ustar  \0',
            change: (header) => (header[482] = 1),
          }),
          Buffer.alloc(512),
          rawEntry({ content: '' }).fill(0),
        ]).fill('text', 1024, 1028),
        { name: 'next' },
      ],
      [{ name: 's', content: 'text' }, { name: 'next' }],
    ],
    [
      'the name of a sparse file of PAX',
      [
        {
          type: 'x',
          content: paxRecords({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'real' }),
        },
        { name: 'x', content: 'm' },
      ],
      [{ name: 'real', content: 'm' }],
    ],
    [
      'an entry whose extended header is too large, without a name',
      [
        { type: 'x', content: paxRecords({ path: 'a'.repeat(1_000_000) }) },
        { name: 'cut', content: 'x' },
        { name: 'next' },
      ],
      [{ name: undefined, content: 'x' }, { name: 'next' }],
    ],
  ])('reads %s', (_, entries, expected) => {
    expect(walkAll(rawTar(...entries))).toEqual(expected.map((one) => expect.objectContaining(one) as Seen));
  });

  const whole = rawTar({ name: 'a', content: 'x'.repeat(2000) }, { name: 'b', content: 'y' });
  it.each<[string, Uint8Array, string]>([
    ['nothing at all: an empty layer', Buffer.alloc(0), 'none'],
    ['no end marker', rawEntry({ name: 'a', content: 'x' }), 'none'],
    ['the end in a content', whole.subarray(0, 1500), 'layer-truncated'],
    ['the end in a header', whole.subarray(0, 512 + 2048 + 100), 'layer-truncated'],
    [
      'the end after an extended header',
      rawEntry({ type: 'x', content: paxRecords({ path: 'a' }) }),
      'layer-truncated',
    ],
    ['the end in an extended header', rawEntry({ type: 'x', size: 5000, content: 'x' }), 'layer-truncated'],
    ['a size beyond the end', rawTar({ name: 'a', size: 10_000_000 }), 'layer-truncated'],
    ['a wrong checksum', rawTar({ name: 'a', checksum: 'wrong' }), 'layer-corrupt'],
    ['a size that is no number', rawTar({ name: 'a', size: 'many bytes' }), 'layer-corrupt'],
    ['a negative size', rawTar({ name: 'a', size: Buffer.alloc(12, 0xff) }), 'layer-corrupt'],
    [
      'a size beyond all numbers',
      rawTar({ name: 'a', size: Buffer.concat([Buffer.of(0x80), Buffer.alloc(11, 0x7f)]) }),
      'layer-corrupt',
    ],
    ['a PAX record without a length', rawTar({ type: 'x', content: 'path=a\n' }, { name: 'a' }), 'layer-corrupt'],
    ['a PAX record that is too long', rawTar({ type: 'x', content: '99 path=a\n' }, { name: 'a' }), 'layer-corrupt'],
    ['a PAX record of length 0', rawTar({ type: 'x', content: '0 path=a\n' }, { name: 'a' }), 'layer-corrupt'],
    [
      'a PAX size that is none',
      rawTar({ type: 'x', content: paxRecords({ size: '-1' }) }, { name: 'a' }),
      'layer-corrupt',
    ],
    ['no archive', Buffer.alloc(2048, 'text'), 'layer-corrupt'],
  ])('ends at %s', (_, tar, problem) => {
    expect(problemOf(tar)).toBe(problem);
  });
});
