/** A registry that a test writes itself: an HTTP server on loopback that can be as hostile as the test wants. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** With `http://`. */
  url: string;
  /** Everything that was asked, oldest first. */
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  stop(): Promise<void>;
}

export type FakeHandler = (request: IncomingMessage, response: ServerResponse, path: string) => void;

export async function startFakeRegistry(handler: FakeHandler): Promise<FakeRegistry> {
  const requests: FakeRegistry['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    handler(request, response, path);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export interface FakeImage {
  manifest: Buffer;
  manifestType: string;
  digest: string;
  config: Buffer;
  configDigest: string;
  layer: Buffer;
  layerDigest: string;
}

/** An image of one layer; `changes` are merged over its manifest. */
export function fakeImage(layer: Buffer = Buffer.from('a layer'), changes: Record<string, unknown> = {}): FakeImage {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
    }),
  );
  const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        digest: sha256(config),
        size: config.length,
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
          digest: sha256(layer),
          size: layer.length,
        },
      ],
      ...changes,
    }),
  );
  return {
    manifest,
    manifestType,
    digest: sha256(manifest),
    config,
    configDigest: sha256(config),
    layer,
    layerDigest: sha256(layer),
  };
}

/** Serves the images (by `repository:tag`) as an honest registry does. */
export function honestHandler(images: Record<string, FakeImage>): FakeHandler {
  return (_, response, path) => {
    for (const [name, image] of Object.entries(images)) {
      const [repository = '', tag = ''] = name.split(':');
      const root = `/v2/${repository}`;
      if (path === `${root}/manifests/${tag}` || path === `${root}/manifests/${image.digest}`) {
        response.setHeader('content-type', image.manifestType);
        response.setHeader('docker-content-digest', image.digest);
        return response.end(image.manifest);
      }
      if (path === `${root}/blobs/${image.configDigest}`) return response.end(image.config);
      if (path === `${root}/blobs/${image.layerDigest}`) return response.end(image.layer);
      if (path.startsWith(`${root}/tags/list`)) {
        const tags = Object.keys(images).flatMap((other) =>
          other.startsWith(`${repository}:`) ? [other.split(':')[1]] : [],
        );
        return response.end(JSON.stringify({ name: repository, tags }));
      }
    }
    if (path === '/v2/') return response.end('{}');
    if (path.startsWith('/v2/_catalog')) {
      const repositories = [...new Set(Object.keys(images).map((name) => name.split(':')[0]))];
      return response.end(JSON.stringify({ repositories }));
    }
    response.statusCode = 404;
    return response.end(JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN', message: 'there is no such thing' }] }));
  };
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
