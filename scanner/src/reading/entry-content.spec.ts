import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawTar } from '../../../tests/support/images/raw-tar.ts';
import type { ByteSource } from '../packages/extractor.ts';
import { type ByteSupply, BytesSupply, FileRange } from './byte-supply.ts';
import { contentOf, FileTooLarge, Scratch } from './entry-content.ts';
import { TarWalk } from './tar-walk.ts';

const mostBytes = 400_000;
/** Every place of it can be told from the others. */
const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => `${index}`.padStart(9, ' ')).join('\n'));
const tar = rawTar({ name: 'first', content }, { name: 'second', content: 'behind' });

let folder: string;
let fd: number;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-content-'));
  writeFileSync(join(folder, 'tar'), tar);
  fd = openSync(join(folder, 'tar'), 'r');
});
afterAll(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

function open(supply: ByteSupply): { walk: TarWalk; source: ByteSource } {
  const walk = new TarWalk(supply);
  walk.next();
  return { walk, source: contentOf(walk, new Scratch(mostBytes)) };
}

const supplies: [string, () => ByteSupply][] = [
  ['a range', () => new FileRange(fd, 0, tar.length)],
  ['a stream', () => new BytesSupply(tar)],
];

describe.each(supplies)('the content of a file in %s', (_, supply) => {
  const at = (offset: number, length: number) =>
    content.toString('utf8', offset, Math.min(offset + length, content.length));
  const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

  it('is read at any place that is still held, and no further than its end', () => {
    const { walk, source } = open(supply());
    for (const [offset, length] of [
      [0, 4],
      [300_000, 1000],
      [5, 100_000],
      [300_000, 90_000],
      [0, 16],
    ] as const) {
      expect(textOf(source.read(offset, length))).toBe(at(offset, length));
    }
    expect(source.read(content.length, 10)).toHaveLength(0);
    expect(textOf(source.read(content.length - 5, 10))).toBe(at(content.length - 5, 10));
    expect(walk.next()).toBe(true);
    expect(walk.name).toBe('second');
    expect(textOf(contentOf(walk, new Scratch(mostBytes)).read(0, 100))).toBe('behind');
  });

  it('is copied by whoever slices it: a view of a Buffer would change with the next read', () => {
    const { source } = open(supply());
    const kept = [source.read(0, 50).slice(), source.read(200_000, 50).slice()];
    source.read(200_000, 100_000);
    source.read(350_000, 100_000);
    expect(kept.map(textOf)).toEqual([at(0, 50), at(200_000, 50)]);
  });

  it('is not held beyond the limit', () => {
    const { source } = open(supply());
    expect(() => source.read(0, mostBytes + 1)).toThrow(FileTooLarge);
  });
});

it('lets the beginning go when a stream is read far on, and says so', () => {
  const { walk, source } = open(new BytesSupply(tar));
  source.read(0, 200_000);
  expect(Buffer.from(source.read(900_000, 20)).equals(content.subarray(900_000, 900_020))).toBe(true);
  expect(() => source.read(0, 20)).toThrow(FileTooLarge);
  expect(walk.next()).toBe(true);
  expect(walk.name).toBe('second');
});
