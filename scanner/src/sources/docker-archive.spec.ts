import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildImage,
  dockerArchive,
  ociArchive,
  tarArchive,
  type TarEntry,
} from '../../../tests/support/images/index.ts';
import { type ImageSource, ScanError } from '../model.ts';
import { openImage } from './open-image.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-archives-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const image = buildImage({
  env: ['A=b'],
  layers: [
    { entries: [{ path: 'a', content: 'first' }], compression: 'gzip' },
    { entries: [{ path: 'b', content: 'second' }], compression: 'zstd' },
  ],
});
const configDigest = image.config.digest;

function write(bytes: Uint8Array, name = 'image.tar'): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function failureOf(target: string): Promise<string> {
  try {
    const source = await openImage(target);
    await source.close();
  } catch (error) {
    if (error instanceof ScanError) return `${error.reason.code}: ${error.message.replaceAll(folder, '')}`;
    throw error;
  }
  return 'none';
}

async function withImage<Value>(target: string, use: (source: ImageSource) => Value, options = {}): Promise<Value> {
  const source = await openImage(target, options);
  try {
    return use(source);
  } finally {
    await source.close();
  }
}

const manifest = (entries: unknown, files: TarEntry[] = []): Uint8Array =>
  tarArchive([
    ...files,
    { path: 'manifest.json', content: typeof entries === 'string' ? entries : JSON.stringify(entries) },
  ]);
const config = (name: string, diffIds: string[] = []): TarEntry => ({
  path: name,
  content: JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { diff_ids: diffIds } }),
});
const someDiffId = `sha256:${'0'.repeat(64)}`;

describe('an archive of docker save', () => {
  it.each<[string, Uint8Array]>([
    ['of the old layout', dockerArchive(image)],
    ['of the new layout, an OCI layout inside', ociArchive(image)],
    ['compressed with gzip', gzipSync(dockerArchive(image))],
    ['compressed with zstd', zstdCompressSync(ociArchive(image))],
  ])('is opened: %s', async (_, bytes) => {
    await withImage(write(bytes), (source) => {
      expect(source).toMatchObject({
        kind: 'docker-archive',
        imageId: configDigest,
        digest: '',
        verified: false,
        config: { architecture: 'amd64', os: 'linux', env: ['A=b'], diffIds: image.layers.map(({ diffId }) => diffId) },
      });
      expect(source.layers.map(({ diffId, content }) => [diffId, content.type])).toEqual(
        image.layers.map(({ diffId }) => [diffId, 'range']),
      );
    });
  });

  it('leaves nothing behind where it is unpacked to', async () => {
    const before = readdirSync(tmpdir()).filter((name) => /^wharfinger-[0-9a-f]{24}$/.test(name));
    await withImage(write(gzipSync(dockerArchive(image))), () => {
      expect(readdirSync(tmpdir()).filter((name) => /^wharfinger-[0-9a-f]{24}$/.test(name))).toEqual(before);
    });
  });

  it('tells its layers from others without reading them, also when it is compressed', async () => {
    const path = write(gzipSync(dockerArchive(image)));
    const keys = () => withImage(path, ({ layers }) => layers.map(({ cacheKey }) => cacheKey));
    const first = await keys();
    expect(new Set(first).size).toBe(2);
    expect(await keys()).toEqual(first);
    write(gzipSync(dockerArchive(image)), 'image.tar');
    expect(await keys()).not.toEqual(first);
  });

  it('gives the image that is named', async () => {
    const other: TarEntry[] = [config('one.json'), config('two.json', [])];
    const two = manifest(
      [
        { Config: 'one.json', RepoTags: ['team/one:1.0', 'team/one:latest'], Layers: null },
        { Config: 'two.json', RepoTags: ['team/two:2.0'], Layers: [] },
      ],
      [other[0] as TarEntry, { path: 'two.json', content: JSON.stringify({ os: 'two', rootfs: {} }) }],
    );
    const path = write(two);
    const osOf = (target: string) => withImage(target, (source) => [source.config.os, source.target]);
    expect(await osOf(path)).toEqual(['linux', path]);
    expect(await osOf(`${path}:team/two:2.0`)).toEqual(['two', `${path}:team/two:2.0`]);
    expect(await osOf(`${path}::2.0`)).toEqual(['two', `${path}::2.0`]);
    expect(await failureOf(`${path}:team/three`)).toBe(
      'target-not-found: /image.tar holds no image team/three: there are team/one:1.0, team/one:latest, team/two:2.0',
    );
  });

  it('may name one layer twice, by a link', async () => {
    const files: TarEntry[] = [
      config('c.json', [someDiffId, someDiffId, someDiffId]),
      { path: 'x/layer.tar', content: 'layer' },
      { path: 'y/layer.tar', target: '../x/layer.tar' },
      { path: 'z/layer.tar', target: 'x/layer.tar', hard: true },
    ];
    const entry = { Config: 'c.json', Layers: ['x/layer.tar', 'y/layer.tar', 'z/layer.tar'] };
    await withImage(write(manifest([entry], files)), ({ layers }) => {
      const offsets = layers.map(({ content }) => (content.type === 'range' ? [content.offset, content.length] : []));
      expect(offsets[0]?.[1]).toBe(5);
      expect(offsets).toEqual([offsets[0], offsets[0], offsets[0]]);
    });
  });

  const ends = { Config: 'c.json', Layers: ['l.tar'] };
  it.each<[string, Uint8Array, string]>([
    ['no archive at all', Buffer.from('text '.repeat(1000)), 'target-unreadable: /image.tar is no archive of images: '],
    ['an empty file', Buffer.alloc(0), 'target-unreadable: /image.tar has no manifest.json'],
    ['one that is cut off', dockerArchive(image).subarray(0, 2000), 'target-unreadable: /image.tar is cut off'],
    [
      'a compressed one that is cut off',
      gzipSync(dockerArchive(image)).subarray(0, 300),
      'target-unreadable: the archive cannot be unpacked',
    ],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), 'target-unreadable: /image.tar is compressed with something else'],
    ['no manifest', tarArchive([config('c.json')]), 'target-unreadable: /image.tar has no manifest.json'],
    ['a manifest of null', manifest('null'), 'target-unreadable: /image.tar has a manifest.json that cannot be read'],
    [
      'a manifest that is no JSON',
      manifest('{'),
      'target-unreadable: /image.tar has a manifest.json that cannot be read',
    ],
    ['no image', manifest([]), 'target-unreadable: /image.tar holds no image'],
    ['no configuration', manifest([ends]), 'target-unreadable: /image.tar names c.json, which it does not hold'],
    [
      'a missing layer',
      manifest([ends], [config('c.json', [someDiffId])]),
      'target-unreadable: /image.tar names l.tar',
    ],
    [
      'a layer too many',
      manifest([ends], [config('c.json')]),
      'target-unreadable: /image.tar has 1 layers, but its configuration names 0',
    ],
    [
      'a configuration that is none',
      manifest([ends], [{ path: 'c.json', content: '[]' }]),
      "target-unreadable: the image's configuration",
    ],
    [
      'a configuration that leads out',
      manifest([{ Config: '../../etc/passwd', Layers: [] }]),
      'target-unreadable: /image.tar names ../../etc/passwd',
    ],
    [
      'links in a circle',
      manifest(
        [{ Config: 'a', Layers: [] }],
        [
          { path: 'a', target: 'b' },
          { path: 'b', target: 'a' },
        ],
      ),
      'target-unreadable: /image.tar names a',
    ],
    [
      'a manifest that is too large',
      manifest(' '.repeat(9 * 1024 * 1024)),
      'target-unreadable: /image.tar has a manifest.json of',
    ],
  ])('is refused: %s', async (_, bytes, message) => {
    expect((await failureOf(write(bytes))).startsWith(message)).toBe(true);
  });

  it('is refused when it is a bomb', async () => {
    const member = gzipSync(Buffer.alloc(16 * 1024 * 1024), { level: 9 });
    expect(await failureOf(write(Buffer.concat(Array.from({ length: 10 }, () => member))))).toMatch(/^budget-ratio: /);
  });

  it('is not looked for under the name of a registry when it is a path', async () => {
    expect(await failureOf('./no-such-archive.tar')).toBe('target-not-found: ./no-such-archive.tar does not exist');
  });

  it('keeps the image id of its configuration', async () => {
    const bytes = Buffer.from(JSON.stringify({ os: 'linux', rootfs: {} }));
    await withImage(write(manifest([{ Config: 'c', Layers: [] }], [{ path: 'c', content: bytes }])), ({ imageId }) => {
      expect(imageId).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    });
  });
});
