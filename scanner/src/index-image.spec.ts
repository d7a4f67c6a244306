import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildImage,
  type BuiltImage,
  dockerArchive,
  eicarTestString,
  fakeGitHubToken,
  oldDebianImage,
  oldPythonImage,
  plantedImage,
} from '../../tests/support/images/index.ts';
import { assembleInventory } from './assemble-inventory.ts';
import {
  type IndexCache,
  type IndexedImage,
  indexImage,
  type IndexKey,
  type IndexOptions,
  type IndexProgress,
} from './index-image.ts';
import { type ImageSource, type LayerIndex, ScanError } from './model.ts';
import { createSandbox, type Sandbox } from './sandbox/index.ts';
import { openImage } from './sources/index.ts';

let folder: string;
let sandbox: Sandbox;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-index-'));
  sandbox = createSandbox();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** An image as a registry gives it: streams of stored bytes whose digests were checked. */
function pulled(
  image: BuiltImage,
  change: (bytes: Uint8Array, number: number) => AsyncIterable<Uint8Array> = whole,
): ImageSource {
  const config = {
    architecture: 'amd64',
    os: 'linux',
    created: '',
    env: [],
    labels: {},
    history: [],
    diffIds: image.layers.map(({ diffId }) => diffId),
  };
  return {
    kind: 'registry',
    target: 'registry.example.com/app:1',
    imageId: image.config.digest,
    digest: image.manifest.digest,
    config,
    layers: image.layers.map(({ digest, diffId, bytes }, number) => ({
      digest,
      diffId,
      sizeBytes: bytes.length,
      content: { type: 'stream', open: async () => change(bytes, number) },
    })),
    verified: true,
    close: async () => undefined,
  };
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

function memoryCache(): IndexCache & { entries: Map<string, LayerIndex>; keys: IndexKey[] } {
  const entries = new Map<string, LayerIndex>();
  const keys: IndexKey[] = [];
  return {
    entries,
    keys,
    get: async (key) => entries.get(JSON.stringify(key)),
    async put(key, index) {
      keys.push(key);
      entries.set(JSON.stringify(key), index);
    },
  };
}

async function index(source: ImageSource, options: Partial<IndexOptions> = {}): Promise<IndexedImage> {
  return indexImage(source, { riskClasses: ['vulnerabilities'], sandbox, ...options });
}

async function indexArchive(
  path: string,
  options: Partial<IndexOptions> & { verify?: boolean } = {},
): Promise<IndexedImage> {
  const source = await openImage(path, { verify: options.verify ?? false });
  try {
    return await index(source, options);
  } finally {
    await source.close();
  }
}

async function reasonOf(indexing: Promise<unknown>): Promise<string> {
  try {
    await indexing;
  } catch (error) {
    if (error instanceof ScanError) return error.reason.code;
    throw error;
  }
  return 'none';
}

const namesOf = ({ layers }: IndexedImage): string[] =>
  layers.flatMap(({ files }) => files.flatMap(({ packages }) => packages ?? [])).map(({ name }) => name);

describe('indexing', () => {
  it.each(['none', 'gzip', 'zstd'] as const)(
    'reads an image that was pulled: layers stored with %s',
    async (compression) => {
      const image = oldDebianImage(compression);
      const { layers, reasons, pulledBytes } = await index(pulled(image));
      expect(layers.map(({ diffId, incomplete }) => [diffId, incomplete])).toEqual(
        image.layers.map(({ diffId }) => [diffId, []]),
      );
      expect(namesOf({ layers, reasons, pulledBytes })).toContain('openssl');
      expect(pulledBytes).toBe(image.layers.reduce((sum, { bytes }) => sum + bytes.length, 0));
    },
  );

  it('finds secrets and malware, each in its layer, with children of its own when none are given', async () => {
    const source = pulled(plantedImage());
    const { layers } = await indexImage(source, { riskClasses: ['secrets', 'malware'] });
    const inventory = assembleInventory(source.config, layers);
    expect(inventory.incomplete).toEqual([]);
    expect(inventory.malware.length).toBeGreaterThan(0);
    expect(inventory.malware.map(({ md5 }) => md5)).toContain(
      createHash('md5').update(eicarTestString()).digest('hex'),
    );
    expect(inventory.secrets.length).toBeGreaterThan(0);
    expect(inventory.operatingSystem?.id).toBe('debian');
  });

  it('reads a plain archive and a folder, and checks digests of an archive only when asked', async () => {
    const image = oldPythonImage();
    const path = join(folder, 'python.tar');
    writeFileSync(path, dockerArchive(image));
    const found = await indexArchive(path);
    expect(namesOf(found)).toEqual(expect.arrayContaining(['Django', 'PyYAML', 'six', 'Jinja2', 'urllib3']));
    expect(found.pulledBytes).toBe(0);
    expect(namesOf(await indexArchive(path, { verify: true }))).toEqual(namesOf(found));

    const root = join(folder, 'root/site-packages/six-1.16.0.dist-info');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'METADATA'), 'Name: six\nVersion: 1.16.0\n');
    writeFileSync(join(folder, 'root', 'key'), fakeGitHubToken());
    const ofFolder = await indexArchive(join(folder, 'root'), { riskClasses: ['secrets'] });
    expect(ofFolder.layers).toMatchObject([{ diffId: '', incomplete: [] }]);
    expect(ofFolder.layers[0]?.files.map(({ path: one }) => one)).toEqual([
      'key',
      'site-packages/six-1.16.0.dist-info/METADATA',
    ]);
  });

  it('tells how far it is', async () => {
    const seen: IndexProgress[] = [];
    await index(pulled(oldPythonImage()), { onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toMatchObject({ layers: 2, layersDone: 0, percent: 0, bytes: 0 });
    expect(seen.at(-1)).toMatchObject({ layersDone: 2, percent: 100 });
    expect(seen.map(({ percent }) => percent)).toEqual(seen.map(({ percent }) => percent).toSorted((a, b) => a - b));
  });
});

describe('a kept index', () => {
  it('answers for the same layer: nothing is pulled again', async () => {
    const cache = memoryCache();
    const image = oldPythonImage();
    const first = await index(pulled(image), { cache });
    const second = await index(
      pulled(image, () => {
        throw new Error('pulled again');
      }),
      { cache },
    );
    expect(second.layers).toEqual(first.layers);
    expect(second.pulledBytes).toBe(0);
    expect(cache.keys.map(({ layer, origin, riskClasses }) => `${layer} ${origin} ${riskClasses}`).toSorted()).toEqual(
      image.layers.map(({ digest }) => `${digest} pulled vulnerabilities`).toSorted(),
    );
  });

  it.each<[string, Partial<IndexOptions>]>([
    ['other risk classes', { riskClasses: ['secrets'] }],
    ['other rules', { riskClasses: ['vulnerabilities'], sandbox: createSandbox({ secretRules: [''] }) }],
  ])('does not answer for %s', async (name, options) => {
    const cache = memoryCache();
    const image = oldPythonImage();
    await index(pulled(image), { cache, riskClasses: name === 'other rules' ? ['secrets'] : ['vulnerabilities'] });
    let opened = 0;
    const again = pulled(image, (bytes) => {
      opened += 1;
      return whole(bytes);
    });
    await index(again, { cache, ...options, riskClasses: ['secrets'] });
    expect(opened).toBe(2);
    await options.sandbox?.close();
  });

  it('of a local file does not answer for a pull, nor for a file that changed', async () => {
    const cache = memoryCache();
    const image = oldPythonImage();
    const path = join(folder, 'kept.tar');
    writeFileSync(path, dockerArchive(image));
    await indexArchive(path, { cache, verify: true });
    expect(cache.keys.map(({ origin }) => origin)).toEqual(['local', 'local']);
    await indexArchive(path, { cache });
    expect(cache.keys).toHaveLength(2);
    await index(pulled(image), { cache });
    expect(cache.keys).toHaveLength(4);
    utimesSync(path, 1, 1);
    await indexArchive(path, { cache });
    expect(cache.keys).toHaveLength(6);
  });

  it('is not kept when the layer was not read to its end for want of budget', async () => {
    const cache = memoryCache();
    const { layers } = await index(pulled(oldDebianImage()), { cache, budget: { entries: 1 } });
    expect(layers[0]?.incomplete.map(({ code }) => code)).toEqual(['budget-entries']);
    expect(cache.keys).toEqual([]);
  });
});

describe('hostile sources', () => {
  it('that send other bytes than the digest says give no result', async () => {
    const lying = pulled(oldDebianImage(), async function* (bytes) {
      yield bytes.subarray(0, 100);
      throw new ScanError({ code: 'digest-mismatch', message: 'other bytes' });
    });
    expect(await reasonOf(index(lying))).toBe('digest-mismatch');
  });

  it('whose manifest and configuration name different layers give no result', async () => {
    const source = pulled(oldPythonImage());
    const swapped = {
      ...source,
      layers: source.layers.map((layer, number) => ({ ...layer, diffId: source.layers[1 - number]?.diffId ?? '' })),
    };
    expect(await reasonOf(index(swapped))).toBe('digest-mismatch');
    const path = join(folder, 'swapped.tar');
    const image = oldPythonImage();
    const [a, b] = image.layers;
    if (a === undefined || b === undefined) throw new Error('two layers');
    writeFileSync(path, dockerArchive({ ...image, layers: [{ ...a, tar: b.tar }, b] }));
    expect(await reasonOf(indexArchive(path, { verify: true }))).toBe('digest-mismatch');
    expect(await reasonOf(indexArchive(path))).toBe('none');
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 50), 'layer-truncated'],
    ['no archive', () => gzipSync(Buffer.alloc(3000, 'x')), 'layer-corrupt'],
    ['of another compression', () => Buffer.from('425a68393141592653590000', 'hex'), 'layer-unsupported'],
    ['a bomb of gzip', () => bomb((bytes) => gzipSync(bytes, { level: 9 })), 'budget-ratio'],
    ['a bomb of zstd', () => bomb((bytes) => zstdCompressSync(bytes)), 'budget-ratio'],
  ])('with a layer that is %s end incomplete, and say so', async (_, change, code) => {
    const image = oldPythonImage();
    const source = pulled(image, (bytes, number) => whole(number === 1 ? change(bytes) : bytes));
    const { layers } = await index(source);
    expect(layers.map(({ diffId, incomplete }) => [diffId, incomplete.map((reason) => reason.code)])).toEqual([
      [image.layers[0]?.diffId, []],
      [image.layers[1]?.diffId, [code]],
    ]);
  });

  it('with more than the budget of all layers together end incomplete', async () => {
    const image = buildImage({
      layers: Array.from({ length: 6 }, (_, number) => ({
        entries: [{ path: `f${number}`, content: 'x'.repeat(40_000) }],
      })),
    });
    const { layers } = await index(pulled(image), { budget: { bytes: 100_000 } });
    const codes = layers.map(({ incomplete }) => incomplete[0]?.code);
    expect(codes.filter((code) => code === undefined)).toHaveLength(2);
    expect(codes.filter((code) => code === 'budget-bytes')).toHaveLength(4);
  });

  it('without time left are not read at all', async () => {
    const { layers } = await index(pulled(oldPythonImage()), { budget: { timeMs: -1 } });
    expect(layers.map(({ incomplete }) => incomplete[0]?.code)).toEqual(['budget-time', 'budget-time']);
  });

  it('are left when the caller stops', async () => {
    const stop = new AbortController();
    const endless = pulled(oldDebianImage(), async function* (bytes) {
      yield bytes.subarray(0, 100);
      stop.abort();
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield bytes;
    });
    expect(await reasonOf(index(endless, { signal: stop.signal }))).toBe('cancelled');
    expect(await reasonOf(index(pulled(oldDebianImage()), { signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  it('do not disturb a scan at the same time', async () => {
    const broken = pulled(oldPythonImage(), () => whole(Buffer.alloc(5000, 'x')));
    const [bad, good] = await Promise.all([index(broken), index(pulled(oldDebianImage()))]);
    expect(bad.layers.every(({ incomplete }) => incomplete.length === 1)).toBe(true);
    expect(good.layers.every(({ incomplete }) => incomplete.length === 0)).toBe(true);
  });
});

function bomb(compress: (bytes: Buffer) => Buffer): Buffer {
  const member = compress(Buffer.alloc(16 * 1024 * 1024));
  return Buffer.concat(Array.from({ length: 12 }, () => member));
}
