/** Pushes images made by tests into a registry: blobs and a manifest over plain HTTP, nothing else. */
import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

export interface PushedImage {
  repository: string;
  /** Of the manifest. */
  digest: string;
  /** Size of the manifest. */
  size: number;
  mediaType: string;
  /** Digest of the configuration. */
  imageId: string;
  /** Of the layers as stored. */
  layers: string[];
  diffIds: string[];
}

export interface ImageToPush {
  repository: string;
  /** Absent: the image is reached by its digest only. */
  tag?: string;
  /** Tar archives, plain or compressed by gzip or zstd. Bottom up. */
  layers: readonly Buffer[];
  /** Merged over a plain configuration (linux/amd64) whose layers are filled in. */
  config?: Record<string, unknown>;
  /** Default: docker. zstd needs oci. */
  format?: 'docker' | 'oci';
}

export interface PushTarget {
  /** Such as `http://127.0.0.1:5000`. */
  url: string;
  login?: { username: string; password: string };
}

const mediaTypes = {
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: {
      plain: 'application/vnd.docker.image.rootfs.diff.tar',
      gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    },
  },
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: {
      plain: 'application/vnd.oci.image.layer.v1.tar',
      gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
      zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    },
  },
} as const;

/** Pushes one image. */
export async function pushImage(target: PushTarget, image: ImageToPush): Promise<PushedImage> {
  const { repository, layers, format = 'docker' } = image;
  const types = mediaTypes[format];
  const diffIds = layers.map((layer) => sha256(uncompressed(layer)));
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2024-01-02T03:04:05Z',
      config: {},
      ...image.config,
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  for (const blob of [...layers, config]) await pushBlob(target, repository, blob);
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: sha256(config), size: config.length },
    layers: layers.map((layer) => ({
      mediaType: (types.layer as Record<string, string>)[compression(layer)] ?? types.layer.gzip,
      digest: sha256(layer),
      size: layer.length,
    })),
  };
  const { digest, size } = await pushManifest(target, repository, image.tag, manifest);
  return {
    repository,
    digest,
    size,
    mediaType: types.manifest,
    imageId: manifest.config.digest,
    layers: manifest.layers.map((layer) => layer.digest),
    diffIds,
  };
}

/** Pushes an index of images that are there already; `platform` is `os/architecture[/variant]`. Gives its digest. */
export async function pushIndex(
  target: PushTarget,
  index: {
    repository: string;
    tag: string;
    images: readonly { platform: string; image: PushedImage }[];
    format?: 'docker' | 'oci';
  },
): Promise<string> {
  const manifests = index.images.map(({ platform, image: { digest, size, mediaType } }) => {
    const [os, architecture, variant] = platform.split('/');
    return { mediaType, digest, size, platform: { os, architecture, ...(variant !== undefined && { variant }) } };
  });
  const mediaType = mediaTypes[index.format ?? 'docker'].index;
  const { digest } = await pushManifest(target, index.repository, index.tag, {
    schemaVersion: 2,
    mediaType,
    manifests,
  });
  return digest;
}

/** Takes a manifest (and with it the tags that name it) out of the registry. */
export async function deleteManifest(target: PushTarget, repository: string, digest: string): Promise<void> {
  await send(target, 'DELETE', `${target.url}/v2/${repository}/manifests/${digest}`, 202);
}

async function pushBlob(target: PushTarget, repository: string, blob: Buffer): Promise<void> {
  const start = await send(target, 'POST', `${target.url}/v2/${repository}/blobs/uploads/`, 202);
  const location = new URL(start.headers.get('location') ?? '', target.url);
  location.searchParams.set('digest', sha256(blob));
  await send(target, 'PUT', location.href, 201, blob, 'application/octet-stream');
}

async function pushManifest(
  target: PushTarget,
  repository: string,
  tag: string | undefined,
  manifest: { mediaType: string; [field: string]: unknown },
) {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = sha256(bytes);
  await send(
    target,
    'PUT',
    `${target.url}/v2/${repository}/manifests/${tag ?? digest}`,
    201,
    bytes,
    manifest.mediaType,
  );
  return { digest, size: bytes.length };
}

async function send(target: PushTarget, method: string, url: string, expected: number, body?: Buffer, type?: string) {
  const { login } = target;
  const answer = await fetch(url, {
    method,
    headers: {
      ...(login && { authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` }),
      ...(type && { 'content-type': type }),
    },
    ...(body && { body: new Uint8Array(body) }),
  });
  const text = await answer.text();
  if (answer.status !== expected) throw new Error(`${method} ${url}: HTTP ${answer.status} ${text.slice(0, 500)}`);
  return answer;
}

function compression(layer: Buffer): 'plain' | 'gzip' | 'zstd' {
  if (layer[0] === 0x1f && layer[1] === 0x8b) return 'gzip';
  return layer.length >= 4 && layer.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'plain';
}

function uncompressed(layer: Buffer): Buffer {
  const unpack = { plain: (bytes: Buffer) => bytes, gzip: gunzipSync, zstd: zstdDecompressSync };
  return unpack[compression(layer)](layer);
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
