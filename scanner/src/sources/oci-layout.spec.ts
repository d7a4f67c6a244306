import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, ociArchive, tarArchive } from '../../../tests/support/images/index.ts';
import { readTarFiles } from '../../../tests/support/tar-files.ts';
import { type ImageSource, ScanError } from '../model.ts';
import { openImage, type OpenImageOptions } from './open-image.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-layouts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const image = buildImage({
  layers: [
    { entries: [{ path: 'a', content: 'first' }], compression: 'gzip' },
    { entries: [{ path: 'b', content: 'second' }], compression: 'none' },
  ],
});

type Files = Record<string, string | Uint8Array>;

/** What an OCI layout of the image consists of. */
function layout(): Files {
  const files = readTarFiles(Buffer.from(ociArchive(image, { docker: false })));
  return Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]));
}

let number = 0;
function writeFolder(files: Files): string {
  number += 1;
  const path = join(folder, `layout-${number}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

function writeArchive(files: Files): string {
  number += 1;
  const path = join(folder, `layout-${number}.tar`);
  const entries = Object.entries(files).map(([name, content]) => ({ path: name, content }));
  writeFileSync(path, tarArchive(entries));
  return path;
}

async function withImage<Value>(
  target: string,
  use: (source: ImageSource) => Value,
  options: OpenImageOptions = {},
): Promise<Value> {
  const source = await openImage(target, options);
  try {
    return use(source);
  } finally {
    await source.close();
  }
}

async function failureOf(target: string, options: OpenImageOptions = {}): Promise<string> {
  try {
    await withImage(target, () => undefined, options);
  } catch (error) {
    if (error instanceof ScanError) return `${error.reason.code}: ${error.message.replaceAll(folder, '')}`;
    throw error;
  }
  return 'none';
}

const indexOf = (files: Files): { manifests: Record<string, unknown>[] } =>
  JSON.parse(Buffer.from(files['index.json'] ?? '').toString('utf8'));
const without = (files: Files, name: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([each]) => each !== name));
const withIndex = (files: Files, index: unknown): Files => ({ ...files, 'index.json': JSON.stringify(index) });
const ociIndexType = 'application/vnd.oci.image.index.v1+json';
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

describe('an OCI layout', () => {
  it.each([
    ['as a folder', () => writeFolder(layout())],
    ['as an archive', () => writeArchive(layout())],
    [
      'as an archive that Docker saved, when it is asked for',
      () => `oci:${writeArchive({ ...layout(), 'manifest.json': '[]' })}`,
    ],
  ])('is opened %s', async (_, write) => {
    await withImage(write(), (source) => {
      expect(source).toMatchObject({
        kind: 'oci',
        imageId: image.config.digest,
        digest: image.manifest.digest,
        verified: false,
      });
      expect(source.layers.map(({ diffId, sizeBytes, content }) => [diffId, sizeBytes, content.type])).toEqual(
        image.layers.map(({ diffId, bytes }) => [diffId, bytes.length, 'range']),
      );
      expect(new Set(source.layers.map(({ cacheKey }) => cacheKey)).size).toBe(2);
    });
  });

  it('gives the image that is named', async () => {
    const files = layout();
    const other = buildImage({ layers: [], env: ['A=1'] });
    const [entry] = indexOf(files).manifests;
    const index = {
      schemaVersion: 2,
      manifests: [
        { ...entry, annotations: { 'org.opencontainers.image.ref.name': '1.0' } },
        {
          mediaType: other.manifest.mediaType,
          digest: other.manifest.digest,
          size: other.manifest.bytes.length,
          annotations: { 'io.containerd.image.name': 'docker.io/team/other:2.0' },
        },
      ],
    };
    const path = writeFolder({
      ...withIndex(files, index),
      [blobPath(other.manifest.digest)]: other.manifest.bytes,
      [blobPath(other.config.digest)]: other.config.bytes,
    });
    const idOf = (target: string) => withImage(target, ({ imageId }) => imageId);
    expect(await idOf(path)).toBe(image.config.digest);
    expect(await idOf(`${path}:1.0`)).toBe(image.config.digest);
    expect(await idOf(`${path}::2.0`)).toBe(other.config.digest);
    expect(await idOf(`oci:${path}:docker.io/team/other:2.0`)).toBe(other.config.digest);
    expect(await failureOf(`${path}:3.0`)).toMatch(
      /^target-not-found: \S+ holds no image 3.0: there are 1.0, docker.io/,
    );
  });

  it('gives the platform that is asked for, also behind an index of its own', async () => {
    const files = layout();
    const arm = buildImage({ layers: [], architecture: 'arm64' });
    const [entry] = indexOf(files).manifests;
    const manifestOf = ({ manifest }: typeof arm, platform: object) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform,
    });
    const inner = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        manifests: [
          manifestOf(arm, { os: 'linux', architecture: 'arm64' }),
          { ...entry, platform: { os: 'linux', architecture: 'amd64' } },
        ],
      }),
    );
    const digest = digestOf(inner);
    const path = writeFolder({
      ...withIndex(files, {
        schemaVersion: 2,
        manifests: [{ mediaType: ociIndexType, digest, size: inner.length }],
      }),
      [blobPath(digest)]: inner,
      [blobPath(arm.manifest.digest)]: arm.manifest.bytes,
      [blobPath(arm.config.digest)]: arm.config.bytes,
    });
    const idOf = (platform?: string) =>
      withImage(path, ({ imageId }) => imageId, platform === undefined ? {} : { platform });
    expect(await idOf()).toBe(image.config.digest);
    expect(await idOf('linux/arm64')).toBe(arm.config.digest);
    expect(await failureOf(path, { platform: 'linux/s390x' })).toBe(
      `target-not-found: ${path.replace(folder, '')} has no image for linux/s390x; there are linux/arm64, linux/amd64`,
    );
    expect(await failureOf(writeFolder(layout()), { platform: 'linux/arm64' })).toMatch(
      /is for linux\/amd64, not for linux\/arm64$/,
    );
  });

  const manifestPath = blobPath(image.manifest.digest);
  const configPath = blobPath(image.config.digest);
  const layerPath = blobPath(image.layers[0]?.digest ?? '');
  it.each<[string, (files: Files) => Files, string]>([
    ['an index that is no JSON', (files) => ({ ...files, 'index.json': '{' }), 'target-unreadable: the manifest of'],
    ['an empty index', (files) => withIndex(files, { schemaVersion: 2, manifests: [] }), 'target-unreadable: '],
    ['no manifest', (files) => without(files, manifestPath), `target-unreadable: /L names ${manifestPath}, which it`],
    ['another manifest', (files) => ({ ...files, [manifestPath]: '{}' }), 'digest-mismatch: /L holds other bytes as'],
    [
      'another configuration',
      (files) => ({ ...files, [configPath]: '{}' }),
      'digest-mismatch: /L holds other bytes as',
    ],
    ['no layer', (files) => without(files, layerPath), `target-unreadable: /L names ${layerPath}, which it`],
    [
      'a digest that leads out',
      (files) => withIndex(files, { schemaVersion: 2, manifests: [{ digest: 'sha256:../../../etc/passwd', size: 1 }] }),
      'target-unreadable: the manifest of',
    ],
    [
      'indexes in indexes without end',
      (files) =>
        Array.from({ length: 6 }).reduce<Files>((inner) => {
          const bytes = Buffer.from(inner['index.json'] ?? '');
          const digest = digestOf(bytes);
          const manifests = [{ mediaType: ociIndexType, digest, size: bytes.length }];
          return { ...withIndex(inner, { schemaVersion: 2, manifests }), [blobPath(digest)]: bytes };
        }, files),
      'target-unreadable: /L has indexes in indexes without an image',
    ],
  ])('is refused with %s', async (_, change, message) => {
    for (const write of [writeFolder, writeArchive]) {
      const path = write(change(layout()));
      expect((await failureOf(path)).replace(/\/layout-\d+(\.tar)?/, '/L')).toContain(message);
    }
  });

  it('is not followed where links lead', async () => {
    const files = layout();
    const outside = join(folder, 'outside');
    writeFileSync(outside, files[configPath] ?? '');
    const path = writeFolder(without(files, configPath));
    symlinkSync(outside, join(path, configPath));
    expect(await failureOf(path)).toMatch(
      /^target-unreadable: \S+ names blobs\/sha256\/[0-9a-f]+, which it does not hold/,
    );
  });
});

describe('the kind of a target', () => {
  it.each([
    ['docker-archive:', () => writeFolder(layout()), 'target-unreadable: /L has no manifest.json: it is no archive'],
    ['docker-archive:', () => writeArchive(layout()), 'target-unreadable: /L has no manifest.json'],
    ['oci:', () => writeFolder({ a: '' }), 'target-unreadable: /L has no index.json: it is no OCI layout'],
    ['dir:', () => writeArchive(layout()), 'target-unreadable: /L is no folder'],
    ['oci:', () => join(folder, 'gone'), 'target-not-found: /gone does not exist'],
    ['registry:', () => join(folder, 'gone'), 'target-not-found: "/gone" is neither'],
  ])('%s takes nothing else', async (kind, write, message) => {
    expect((await failureOf(`${kind}${write()}`)).replace(/\/layout-\d+(\.tar)?/, '/L')).toContain(message);
  });

  it('can make a folder of a layout', async () => {
    await withImage(`dir:${writeFolder(layout())}`, ({ kind }) => expect(kind).toBe('directory'));
  });

  it('is that of the archive when it is compressed', async () => {
    const path = join(folder, 'whole.tar.gz');
    writeFileSync(path, gzipSync(ociArchive(image, { docker: false })));
    await withImage(path, ({ kind }) => expect(kind).toBe('oci'));
  });
});
