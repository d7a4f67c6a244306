import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobMissingError, openFolderBlobs, type Blobs } from './index.ts';

describe('blobs in a folder', () => {
  let folder: string;
  let blobs: Blobs;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wharfinger-blobs-'));
    blobs = openFolderBlobs(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const key = 'exports/1/a.zip';
  const content = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const read = async (offset: number, length: number) => (await blobs.read(key, { offset, length })).toString();

  it('are kept whole, read in parts, replaced and removed', async () => {
    const facts = await blobs.put(key, content('ab', 'c'));
    expect(facts).toEqual({
      sizeBytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    expect([await read(0, 2), await read(2, 10), await read(9, 10)]).toEqual(['ab', 'c', '']);
    await blobs.put(key, content('new'));
    expect(await read(0, 10)).toBe('new');
    await blobs.remove(key);
    await blobs.remove(key);
    await expect(read(0, 1)).rejects.toThrow(BlobMissingError);
  });

  it('are for the service alone', async () => {
    await blobs.put(key, content('a'));
    expect(statSync(join(folder, key)).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'exports')).mode & 0o077).toBe(0);
  });

  it('leave nothing when their content fails, and keep what was there', async () => {
    await blobs.put(key, content('old'));
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw new Error('no more');
      })(),
    );
    await expect(blobs.put(key, broken)).rejects.toThrow('no more');
    expect(readdirSync(join(folder, 'exports/1'))).toEqual(['a.zip']);
    expect(await read(0, 10)).toBe('old');
    // What a process that was killed has left goes with the blob.
    writeFileSync(join(folder, `${key}.part`), 'half');
    await blobs.remove(key);
    expect(readdirSync(join(folder, 'exports/1'))).toEqual([]);
  });

  it.each([
    '../a',
    'exports/../a',
    'exports',
    '/exports/a',
    'exports//a',
    'exports/.a',
    'exports/a\0',
    'Exports/a',
    '',
  ])('have keys of plain names: not %j', async (bad) => {
    await expect(blobs.put(bad, content('x'))).rejects.toThrow(RangeError);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });
});
