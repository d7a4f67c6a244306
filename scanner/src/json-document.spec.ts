import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DocumentUnreadable, parseDocument } from './json-document.ts';
import { manifestTypes, parseManifest } from './registry/manifest.ts';
import { parseLayerIndex } from './sandbox/messages.ts';
import { parseImageConfig } from './sources/image-config.ts';

/** As large as documents may be: checking each of its four million values would take gigabytes. */
const crowded = `[${'1,'.repeat(4_000_000)}1]`;

describe('a document', () => {
  it.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    [Buffer.of(0x22, 0xff, 0x22), 'not JSON'],
    [crowded, 'more than 200000 values'],
    ['['.repeat(8_000_000), 'more than 200000 values'],
  ])('that cannot be read says why, and costs no more than its bytes', (text, why) => {
    expect(() => parseDocument(Buffer.from(text))).toThrow(DocumentUnreadable);
    expect(() => parseDocument(Buffer.from(text))).toThrow(why);
  });

  it('is read where it is long only by its texts', () => {
    const text = 'x'.repeat(4_000_000);
    expect(parseDocument(Buffer.from(JSON.stringify({ text })))).toEqual({ text });
  });

  it.each([
    ['a configuration', () => parseImageConfig(Buffer.from(`{"rootfs":{},"config":{"Env":${crowded}}}`))],
    [
      'a manifest',
      () => parseManifest(Buffer.from(`{"schemaVersion":2,"layers":${crowded}}`), manifestTypes.ociManifest, 'a'),
    ],
  ])('is refused as %s', (_what, read) => {
    expect(read).toThrow(/more than 200000 values/);
  });
});

describe('an answer of a child that was taken over', () => {
  const index = {
    diffId: '',
    files: [],
    paths: '',
    links: [],
    removed: [],
    opaque: [],
    entryCount: 0,
    uncompressedBytes: 0,
    incomplete: [],
  };
  const wrong = Array.from({ length: 100_000 }, (_, number) => number);

  it.each([
    { files: wrong },
    { links: wrong },
    { removed: wrong },
    { opaque: wrong },
    { folders: wrong },
    { files: [{ path: 'a', sizeBytes: 1, packages: wrong }] },
    { files: [{ path: 'a', sizeBytes: 1, owned: [{ package: 'a', paths: wrong }] }] },
  ])('is looked at up to its first fault', (part) => {
    expect(parseLayerIndex(index)).toEqual(index);
    try {
      parseLayerIndex({ ...index, ...part });
      expect.unreachable();
    } catch (error) {
      expect(error instanceof z.ZodError && error.issues.length).toBe(1);
    }
  });
});
