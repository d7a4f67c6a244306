import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  fakeImage,
  honestHandler,
  sha256,
  startFakeRegistry,
  type FakeHandler,
  type FakeImage,
} from '../../../tests/support/fake-registry.ts';
import { ScanError } from '../model.ts';
import { openRegistryImage } from '../sources/registry-image.ts';
import { createRegistryClient, type RegistryClientOptions } from './index.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(handler: FakeHandler) {
  const fake = await startFakeRegistry(handler);
  cleanups.push(() => fake.stop());
  return fake;
}

function clientOf(url: string, options: Partial<RegistryClientOptions> = {}) {
  const client = createRegistryClient({ url, backoffMs: 1, ...options });
  cleanups.push(() => client.close());
  return client;
}

async function reasonOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof ScanError)) throw new Error(`expected a ScanError and got ${String(error)}`, { cause: error });
  return error.reason;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const readBlob = async (blob: Promise<AsyncIterable<Uint8Array>>) => Buffer.concat(await collect(await blob));

describe('an honest registry', () => {
  it('is listed, and its image read to the last byte', async () => {
    const image = fakeImage(Buffer.alloc(300_000, 'layer'));
    const { url, requests } = await serve(honestHandler({ 'team/app:1': image, 'team/app:2': image, 'base:x': image }));
    const client = clientOf(url, { username: 'never', password: 'asked for' });
    await client.ping();
    expect(await collect(client.repositories())).toEqual(['team/app', 'base']);
    expect(await collect(client.tags('team/app'))).toEqual(['1', '2']);
    expect(await client.digestOf('team/app', '1')).toBe(image.digest);
    const source = await openRegistryImage(client, 'team/app', '1');
    expect(source).toMatchObject({
      kind: 'registry',
      imageId: image.configDigest,
      digest: image.digest,
      verified: true,
      config: { os: 'linux', architecture: 'amd64', diffIds: [image.layerDigest] },
      layers: [{ digest: image.layerDigest, diffId: image.layerDigest, sizeBytes: 300_000 }],
    });
    const content = source.layers[0]?.content;
    if (content?.type !== 'stream') throw new Error('layers of a registry are streams');
    expect(await readBlob(content.open(new AbortController().signal))).toEqual(image.layer);
    expect(requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('may stand behind a path', async () => {
    const inner = honestHandler({ 'a:1': fakeImage() });
    const { url } = await serve((request, response, path) => {
      if (!path.startsWith('/api/docker/local/')) return void response.writeHead(404).end();
      return inner(request, response, path.slice('/api/docker/local'.length));
    });
    expect(await collect(clientOf(`${url}/api/docker/local/`).repositories())).toEqual(['a']);
  });
});

describe('what a registry lies about', () => {
  const image = fakeImage(Buffer.from('the layer as it should be'));
  const withBlob = (answer: (response: ServerResponse) => void): FakeHandler => {
    const honest = honestHandler({ 'a:1': image });
    return (request, response, path) =>
      path.endsWith(image.layerDigest) ? answer(response) : honest(request, response, path);
  };
  const broken = (bytes: number): FakeHandler =>
    withBlob((response) => {
      response.setHeader('content-length', image.layer.length);
      response.write(image.layer.subarray(0, bytes), () => response.destroy());
    });

  it.each([
    [
      'other bytes',
      withBlob((response) => response.end('the layer as it shouldnot be'.slice(0, 25))),
      'digest-mismatch',
    ],
    ['more bytes', withBlob((response) => response.end(`${String(image.layer)}!`)), 'digest-mismatch'],
    ['fewer bytes', withBlob((response) => response.end(image.layer.subarray(0, 10))), 'layer-truncated'],
    ['nothing', withBlob((response) => response.end()), 'layer-truncated'],
    ['a part, then a cut, again and again', broken(10), 'layer-truncated'],
    [
      'bytes without an end',
      withBlob((response) => {
        const more = (error?: Error | null) => {
          if (!error && !response.destroyed) response.write(Buffer.alloc(65_536), more);
        };
        more();
      }),
      'digest-mismatch',
    ],
    ['no such blob', withBlob((response) => response.writeHead(404).end()), 'registry-not-found'],
  ] as const)('a blob with %s ends with %s', async (_, handler, code) => {
    const { url } = await serve(handler);
    const blob = clientOf(url).blob('a', image.layerDigest, { sizeBytes: image.layer.length });
    expect((await reasonOf(readBlob(blob))).code).toBe(code);
  });

  it('a configuration of other bytes, a manifest of another digest', async () => {
    const other = fakeImage(Buffer.from('other'));
    const lying: FakeImage = { ...image, config: other.config };
    const { url } = await serve(honestHandler({ 'a:1': lying, 'b:1': { ...image, manifest: other.manifest } }));
    const client = clientOf(url);
    expect((await reasonOf(openRegistryImage(client, 'a', '1'))).code).toBe('digest-mismatch');
    expect((await reasonOf(client.resolve('b', '1'))).code).toBe('digest-mismatch');
    expect((await reasonOf(client.resolve('b', image.digest))).code).toBe('digest-mismatch');
  });

  it.each([
    ['schema 1', JSON.stringify({ schemaVersion: 1, fsLayers: [] }), /old image format/],
    ['no JSON', '<html>', /not JSON/],
    ['another type', JSON.stringify({ schemaVersion: 2, mediaType: 'text/html' }), /its type is "text\/html"/],
    [
      'a digest that is a path',
      JSON.stringify({ ...JSON.parse(String(image.manifest)), layers: [{ digest: '../x', size: 1 }] }),
      /layers.0.digest/,
    ],
    [
      'a size that is none',
      JSON.stringify({ ...JSON.parse(String(image.manifest)), layers: [{ digest: image.layerDigest, size: -1 }] }),
      /layers.0.size/,
    ],
    ['5 MB', ' '.repeat(5_000_000), /more than 4194304 bytes/],
  ])('a manifest with %s is refused', async (_, text, message) => {
    const manifest = Buffer.from(text);
    const { url } = await serve(honestHandler({ 'a:1': { ...image, manifest, digest: sha256(manifest) } }));
    const reason = await reasonOf(clientOf(url).resolve('a', '1'));
    expect(reason.code).toBe('registry-error');
    expect(reason.message).toMatch(message);
  });

  it('names that would leave the path are never asked for', async () => {
    const { url, requests } = await serve(honestHandler({}));
    const client = clientOf(url);
    expect(
      (
        await reasonOf(
          collect({ [Symbol.asyncIterator]: () => client.tags('../../admin') }).catch((e: unknown) =>
            Promise.reject(e),
          ),
        )
      ).code,
    ).toBe('registry-error');
    expect((await reasonOf(client.resolve('a', '../../x'))).code).toBe('registry-error');
    expect((await reasonOf(client.blob('a', '../x'))).code).toBe('registry-error');
    expect(requests).toEqual([]);
  });

  it('an index that names itself, and one too deep, end', async () => {
    const { url } = await serve((_, response) => {
      const entry = { mediaType: 'x', digest: `sha256:${'1'.repeat(64)}`, size: 1 };
      response.setHeader('content-type', 'application/vnd.oci.image.index.v1+json');
      response.end(JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    });
    expect((await reasonOf(clientOf(url).resolve('a', '1'))).code).toBe('digest-mismatch');
  });
});

describe('a connection that breaks in the middle of a blob', () => {
  it.each([
    ['with ranges', true],
    ['without ranges', false],
  ])('is taken up again, %s', async (_, ranges) => {
    const image = fakeImage(Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251)));
    let tries = 0;
    const { url } = await serve((request, response) => {
      const from = ranges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
      const rest = image.layer.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': rest.length,
        ...(from > 0 && { 'content-range': `bytes ${from}-${image.layer.length - 1}/${image.layer.length}` }),
      });
      if (tries++ < 2) response.write(rest.subarray(0, 70_000), () => setTimeout(() => response.destroy(), 20));
      else response.end(rest);
    });
    const blob = clientOf(url).blob('a', image.layerDigest, { sizeBytes: image.layer.length });
    expect((await readBlob(blob)).equals(image.layer)).toBe(true);
    expect(tries).toBe(3);
  });
});

describe('what may pass is tried again', () => {
  it.each([429, 500, 502, 503])('HTTP %d', async (status) => {
    let refusals = 2;
    const { url, requests } = await serve((_, response) => {
      if (refusals-- > 0) response.writeHead(status, { 'retry-after': '0' }).end();
      else response.end('{}');
    });
    await clientOf(url).ping();
    expect(requests).toHaveLength(3);
  });

  it('a connection that is cut', async () => {
    let cuts = 2;
    const { url } = await serve((_, response) => (cuts-- > 0 ? response.destroy() : response.end('{}')));
    await clientOf(url).ping();
    expect(cuts).toBe(-1);
  });

  it('but not for ever', async () => {
    const { url, requests } = await serve((_, response) => {
      response.writeHead(503).end(JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message: 'down\n for today' }] }));
    });
    const reason = await reasonOf(clientOf(url, { retries: 3 }).ping());
    expect(reason.code).toBe('registry-error');
    expect(reason.message).toContain('HTTP 503: down for today');
    expect(requests).toHaveLength(4);
  });

  it('and not when the registry wants a longer wait than anybody has', async () => {
    const { url, requests } = await serve(
      (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
    );
    expect((await reasonOf(clientOf(url).ping())).message).toContain('HTTP 429');
    expect(requests).toHaveLength(1);
  });

  it('until the work is stopped', async () => {
    const { url } = await serve((_, response) => void response.writeHead(503, { 'retry-after': '50' }).end());
    const stop = new AbortController();
    const ping = clientOf(url, { signal: stop.signal }).ping();
    setTimeout(() => stop.abort(), 50);
    expect((await reasonOf(ping)).code).toBe('cancelled');
  });
});

describe('a registry that does not answer', () => {
  it('says why', async () => {
    const gone = await startFakeRegistry(() => undefined);
    await gone.stop();
    const reason = await reasonOf(clientOf(gone.url, { retries: 1 }).ping());
    expect(reason).toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('connection refused'),
    });
  });

  it('is given up when it is silent, at once or in the middle', async () => {
    const { url } = await serve((_, response, path) => {
      if (path !== '/v2/') response.write('{');
    });
    const client = clientOf(url, { retries: 0, idleTimeoutMs: 100 });
    expect((await reasonOf(client.ping())).message).toContain('does not answer');
    expect((await reasonOf(collect(client.repositories()))).message).toContain('stopped in the middle');
  });

  it('over TLS where it speaks none is an error, not a fall-back', async () => {
    const { host, requests } = await serve((_, response) => response.end('{}'));
    const reason = await reasonOf(clientOf(host, { retries: 0 }).ping());
    expect(reason.code).toBe('registry-unreachable');
    expect(requests).toEqual([]);
  });
});

describe('redirects', () => {
  it('of a blob lead to another host without the password', async () => {
    const image = fakeImage();
    const store = await serve((_, response) => response.end(image.layer));
    const { url } = await serve((request, response, path) => {
      if (request.headers.authorization === undefined)
        return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      if (path.includes('/blobs/'))
        return void response.writeHead(307, { location: `${store.url}/bucket/x?signature=1` }).end();
      return response.end('{}');
    });
    const client = clientOf(url, { username: 'me', password: 'secret' });
    expect(String(await readBlob(client.blob('a', image.layerDigest)))).toBe('a layer');
    expect(store.requests).toHaveLength(1);
    expect(store.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('to another host get no password although that one asks for it', async () => {
    const thief = await serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    const { url } = await serve((_, response) => void response.writeHead(302, { location: `${thief.url}/v2/` }).end());
    expect((await reasonOf(clientOf(url, { username: 'me', password: 'secret' }).ping())).code).toBe('registry-denied');
    expect(thief.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it.each(['/v2/', 'ftp://example.com/', '', 'http://'])('to %j end', async (location) => {
    const { url, requests } = await serve((_, response) => void response.writeHead(302, { location }).end());
    expect((await reasonOf(clientOf(url).ping())).code).toBe('registry-error');
    expect(requests.length).toBeLessThan(10);
  });
});
