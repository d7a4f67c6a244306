/**
 * A small read-only image registry: the reading half of the OCI distribution API over the images it is given. It listens
 * on loopback, holds everything in memory and is for the demo and for tests, not for pushing to.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Blob, BuiltImage } from './build-image.ts';

export interface ImageRegistry {
  /** Such as `http://127.0.0.1:5000`. */
  url: string;
  stop(): Promise<void>;
}

/** What stands in the registry: repository, tag, image. */
export interface PublishedImage {
  repository: string;
  tag: string;
  image: BuiltImage;
}

/** Serves the images until it is stopped. `port` 0 takes any free one. */
export async function startImageRegistry(images: readonly PublishedImage[], port = 0): Promise<ImageRegistry> {
  const shelves = arrange(images);
  const server = createServer((request, response) => answer(shelves, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

interface Shelf {
  tags: Map<string, Blob>;
  manifests: Map<string, Blob>;
  blobs: Map<string, Blob>;
}

function arrange(images: readonly PublishedImage[]): Map<string, Shelf> {
  const shelves = new Map<string, Shelf>();
  for (const { repository, tag, image } of images) {
    const shelf = shelves.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
    shelves.set(repository, shelf);
    shelf.tags.set(tag, image.manifest);
    shelf.manifests.set(image.manifest.digest, image.manifest);
    for (const blob of [image.config, ...image.layers]) shelf.blobs.set(blob.digest, blob);
  }
  return shelves;
}

/** Source: opencontainers/distribution-spec, "API"; paging of the catalogue as in Docker's registry. */
function answer(shelves: ReadonlyMap<string, Shelf>, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(response, 405, 'UNSUPPORTED', 'this registry is read-only');
  }
  const target = URL.parse(request.url ?? '/', 'http://registry.invalid');
  if (target === null) return refuse(response, 400, 'UNSUPPORTED', 'the address cannot be read');
  const { pathname, searchParams } = target;
  if (pathname === '/v2/' || pathname === '/v2') return sendJson(response, {});
  if (pathname === '/v2/_catalog') {
    return sendPage(response, pathname, searchParams, [...shelves.keys()], (repositories) => ({ repositories }));
  }
  const [, name = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
  const shelf = shelves.get(name);
  if (shelf === undefined) return refuse(response, 404, 'NAME_UNKNOWN', 'there is no such repository');
  if (kind === 'tags' && reference === 'list') {
    return sendPage(response, pathname, searchParams, [...shelf.tags.keys()], (tags) => ({ name, tags }));
  }
  if (kind === 'manifests') {
    const manifest = shelf.tags.get(reference) ?? shelf.manifests.get(reference);
    return manifest
      ? sendBlob(request, response, manifest, manifest.mediaType)
      : refuse(response, 404, 'MANIFEST_UNKNOWN', 'there is no such manifest');
  }
  const blob = shelf.blobs.get(reference);
  return blob
    ? sendBlob(request, response, blob, 'application/octet-stream')
    : refuse(response, 404, 'BLOB_UNKNOWN', 'there is no such blob');
}

/** Names in order, `n` of them after `last`, and a link to the next page where there is one. */
function sendPage(
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
  names: readonly string[],
  body: (names: readonly string[]) => object,
): void {
  const last = query.get('last') ?? '';
  const left = names.toSorted().filter((name) => name > last);
  const limit = Number(query.get('n') ?? left.length);
  if (!Number.isInteger(limit) || limit < 0) {
    return refuse(response, 400, 'PAGINATION_NUMBER_INVALID', 'n is the number of names on a page');
  }
  const page = left.slice(0, limit);
  const end = page.at(-1);
  if (end !== undefined && page.length < left.length) {
    response.setHeader('Link', `<${path}?n=${limit}&last=${encodeURIComponent(end)}>; rel="next"`);
  }
  sendJson(response, body(page));
}

function sendBlob(request: IncomingMessage, response: ServerResponse, blob: Blob, contentType: string): void {
  response.setHeader('Docker-Content-Digest', blob.digest);
  response.setHeader('ETag', `"${blob.digest}"`);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', contentType);
  const total = blob.bytes.length;
  const range = wantedRange(request.headers.range, total);
  if (range === 'beyond') {
    response.setHeader('Content-Range', `bytes */${total}`);
    return refuse(response, 416, 'RANGE_INVALID', 'the blob is shorter');
  }
  if (range !== 'all') {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.from}-${range.to}/${total}`);
  }
  const bytes = range === 'all' ? blob.bytes : blob.bytes.subarray(range.from, range.to + 1);
  response.setHeader('Content-Length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** One range of bytes; anything else that the header may say is answered with the whole. Source: RFC 9110, 14. */
function wantedRange(header: string | undefined, total: number): 'all' | 'beyond' | { from: number; to: number } {
  const [, start = '', end = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (start === '' && end === '') return 'all';
  if (start === '') {
    const length = Math.min(Number(end), total);
    return length === 0 ? 'beyond' : { from: total - length, to: total - 1 };
  }
  const from = Number(start);
  if (from >= total) return 'beyond';
  const to = end === '' ? total - 1 : Math.min(Number(end), total - 1);
  return to < from ? 'all' : { from, to };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.statusCode = status;
  sendJson(response, { errors: [{ code, message }] });
}

function sendJson(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body);
}
