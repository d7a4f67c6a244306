import { type ImageSource, ScanError } from '../../src/model.ts';
import { parseChallenges } from '../../src/registry/challenges.ts';
import { listPages } from '../../src/registry/list-pages.ts';
import { manifestTypes, parseManifest } from '../../src/registry/manifest.ts';
import { parseRetryAfter } from '../../src/registry/retry-after.ts';
import { readDockerImage } from '../../src/sources/docker-archive.ts';
import { parseImageConfig } from '../../src/sources/image-config.ts';
import type { ImageFiles } from '../../src/sources/image-files.ts';
import { parseRegistryReference } from '../../src/sources/registry-reference.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const config = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  created: '2026-01-01T00:00:00Z',
  config: {
    Env: ['PATH=/bin'],
    Labels: { a: 'b' },
    User: '1000',
    ExposedPorts: { '80/tcp': {} },
    Healthcheck: { Test: ['CMD', 'x'] },
    Cmd: ['sh'],
  },
  rootfs: { type: 'layers', diff_ids: [digest] },
  history: [{ created: '2026-01-01T00:00:00Z', created_by: 'ADD x', empty_layer: false }],
});
const words = [
  'null',
  '{"',
  '":[',
  '[]',
  '{}',
  '1e400',
  '-1',
  '"__proto__":',
  '"constructor":',
  digest,
  '../',
  '\\u0000',
  '\\ud800',
];

function refusedOr(read: () => Outcome): Outcome {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    promise(error.message.length < 4096, 'a message that nobody reads');
    return { word: error.reason.code, told: error.message };
  }
}

export const imageConfig: FuzzTarget = {
  seeds: [Buffer.from(config), Buffer.from('{"rootfs":{"diff_ids":[]}}')],
  words,
  read: (input) => refusedOr(() => ({ word: 'read', told: parseImageConfig(input) })),
};

/** `manifest.json` of an archive. */
export const dockerManifest: FuzzTarget = {
  seeds: [
    Buffer.from(JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: ['l/layer.tar'] }])),
    Buffer.from('[{"Config":"c.json","Layers":["x"]}]'),
  ],
  words: [...words, 'c.json', 'manifest.json'],
  read: (input) => refusedOr(() => ({ word: 'read', told: layersOf(readDockerImage(filesOf(input))) })),
};

function filesOf(manifest: Uint8Array): ImageFiles {
  return {
    path: 'image.tar',
    has: () => true,
    document: (name) => Buffer.from(name === 'manifest.json' ? manifest : config),
    layer: (name, diffId) => ({ digest: name, diffId, content: { type: 'folder', path: '' } }),
    close: () => undefined,
  };
}

function layersOf({ config: read, layers }: Pick<ImageSource, 'config' | 'layers'>): unknown {
  return [read, layers.map(({ digest: name, diffId }) => [name, diffId])];
}

const descriptor = { mediaType: manifestTypes.ociManifest, digest, size: 100 };

/** Manifests and indexes, of registries and OCI layouts. */
export const manifest: FuzzTarget = {
  seeds: [
    { schemaVersion: 2, mediaType: manifestTypes.ociManifest, config: descriptor, layers: [descriptor, descriptor] },
    {
      schemaVersion: 2,
      mediaType: manifestTypes.ociIndex,
      manifests: [{ ...descriptor, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }],
    },
    { schemaVersion: 1, name: 'a', fsLayers: [] },
  ].map((value) => Buffer.from(JSON.stringify(value))),
  words: [...words, ...Object.values(manifestTypes), '"schemaVersion":2'],
  read: (input) =>
    refusedOr(() => ({
      word: 'read',
      told: parseManifest(input, manifestTypes.ociManifest, 'registry.example.com/a'),
    })),
};

/** What a registry says in headers: challenges, links to the next page, when to come again. */
export const registryHeaders: FuzzTarget = {
  seeds: [
    'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a:pull"',
    'Basic realm="x", Digest a=b, c="d\\"e"',
    '</v2/_catalog?n=100&last=z>; rel="next"',
    'Wed, 21 Oct 2026 07:28:00 GMT',
  ].map((text) => Buffer.from(text)),
  words: ['Bearer ', 'Basic ', 'realm=', '"', '\\', ', ', '=', '<', '>; rel=next', '?n=1', ' GMT'],
  async read(input) {
    // What can stand in a header.
    const header = Buffer.from(input)
      .toString('latin1')
      .replaceAll(/[\r\n\0]/g, ' ')
      .slice(0, 16_384);
    const challenges = parseChallenges(header).map(({ scheme, parameters }) => [scheme, [...parameters]]);
    promise(challenges.length <= 8, 'too many challenges');
    const queries: string[] = [];
    const page = async (query: string) => ({ names: queries.push(query) > 1 ? [] : ['a'], link: header });
    for await (const name of listPages(page, { pageSize: 1, mostNames: 10 })) promise(name === 'a', 'a name of nobody');
    promise(
      queries.every((query) => query.startsWith('?')),
      'a page elsewhere',
    );
    const waitMs = parseRetryAfter(header, Temporal.Instant.fromEpochMilliseconds(0));
    promise(waitMs === undefined || waitMs >= 0, 'a wait into the past');
    return {
      word: challenges.length > 0 ? 'challenge' : queries.length > 1 ? 'next page' : 'nothing',
      told: [challenges, queries, waitMs],
    };
  },
};

export const registryReference: FuzzTarget = {
  seeds: [
    'registry.example.com:5000/team/app:1.2',
    'alpine',
    `http://127.0.0.1:5000/a/b@${digest}`,
    '[::1]:5000/a',
  ].map((text) => Buffer.from(text)),
  words: ['https://', '@sha256:', ':', '/', '..', '%2f', '?', '#', '@'],
  read: (input) =>
    refusedOr(() => {
      const told = parseRegistryReference(Buffer.from(input).toString('utf8'));
      // Both become parts of a path.
      const parts = [...told.repository.split('/'), told.reference];
      promise(
        parts.every((part) => /^[\w][\w.:-]*$/.test(part)),
        `leads elsewhere: ${JSON.stringify(told)}`,
      );
      return { word: 'read', told };
    }),
};
