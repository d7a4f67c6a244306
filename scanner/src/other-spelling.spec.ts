import { describe, expect, it } from 'vitest';
import { readDockerImage } from './sources/docker-archive.ts';
import { parseImageConfig } from './sources/image-config.ts';
import { manifestTypes, parseManifest } from './registry/manifest.ts';
import { otherSpelling } from './other-spelling.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const descriptor = { mediaType: 'a', digest, size: 1 };
const manifest = { schemaVersion: 2, mediaType: manifestTypes.ociManifest, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, mediaType: manifestTypes.ociIndex, manifests: [descriptor] };
const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digest] } };
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('another spelling', () => {
  it.each([
    ['Layers', 'Layers'],
    ['layerſ', 'layerſ'],
    ['layers', undefined],
    ['layer', undefined],
  ])('is found as Go takes it: %s', (key, found) => {
    expect(otherSpelling({ [key]: 1 }, ['layers'])).toBe(found);
  });

  it.each([
    ['of layers', { ...manifest, Layers: [] }],
    ['of a configuration', { ...manifest, CONFIG: descriptor }],
    ['of a digest', { ...manifest, layers: [{ ...descriptor, Digest: digest }] }],
    ['of manifests', { ...index, Manifests: [] }],
    ['of a platform', { ...index, manifests: [{ ...descriptor, PLATFORM: {} }] }],
  ])('makes a manifest one that is refused: %s', (_what, document) => {
    expect(() => parseManifest(bytes(document), '', 'a')).toThrow(/another name/);
  });

  it.each([
    ['of the root file system', { ...config, RootFS: {} }],
    ['of the layers', { ...config, rootfs: { ...config.rootfs, Diff_IDs: [] } }],
  ])('makes a configuration one that is refused: %s', (_what, document) => {
    expect(parseImageConfig(bytes(config)).diffIds).toEqual([digest]);
    expect(() => parseImageConfig(bytes(document))).toThrow(/another name/);
  });

  it('makes a manifest.json one that is refused', () => {
    const read = (entry: object) =>
      readDockerImage({
        path: 'image.tar',
        has: () => true,
        document: (name) => bytes(name === 'manifest.json' ? [entry] : config),
        layer: (name, diffId) => ({ digest: name, diffId, content: { type: 'folder', path: '' } }),
        close: () => undefined,
      });
    expect(read({ Config: 'c', Layers: ['l'] }).layers).toHaveLength(1);
    expect(() => read({ Config: 'c', Layers: ['l'], layers: ['m'] })).toThrow(/another name/);
  });
});

describe('a document that is a manifest and an index at once', () => {
  it.each([
    { ...manifest, manifests: [descriptor] },
    { ...index, layers: [descriptor] },
    { ...index, config: descriptor },
  ])('is refused', (document) => {
    expect(() => parseManifest(bytes(document), '', 'a')).toThrow(/at once/);
  });
});
