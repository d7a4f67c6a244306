/** Builds OCI images in memory from a description: for the demo, and for tests that need a known image. */
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type TarEntry, tarArchive } from './tar-archive.ts';

export interface ImageDescription {
  /** Bottom up. */
  layers: LayerDescription[];
  env?: string[];
  labels?: Record<string, string>;
  /** `amd64` unless told. */
  architecture?: string;
}

export interface LayerDescription {
  entries: TarEntry[];
  /** `gzip` unless told. */
  compression?: Compression;
  /** The build step, as `docker history` shows it. */
  createdBy?: string;
}

export type Compression = 'none' | 'gzip' | 'zstd';

/** Bytes that are known by their digest. */
export interface Blob {
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
}

export interface BuiltLayer extends Blob {
  /** Digest of the archive before it was compressed. */
  diffId: string;
  tar: Uint8Array;
}

export interface BuiltImage {
  manifest: Blob;
  config: Blob;
  layers: BuiltLayer[];
}

const created = '2021-08-14T00:00:00Z';

/** The image that a description stands for. Equal descriptions give equal digests. */
export function buildImage({ layers, env = [], labels = {}, architecture = 'amd64' }: ImageDescription): BuiltImage {
  const built = layers.map(buildLayer);
  const config = jsonBlob('application/vnd.oci.image.config.v1+json', {
    created,
    architecture,
    os: 'linux',
    config: { Env: env, Labels: labels },
    rootfs: { type: 'layers', diff_ids: built.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy = 'COPY' }) => ({ created, created_by: createdBy })),
  });
  const manifest = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: built.map(descriptor),
  });
  return { manifest, config, layers: built };
}

/** How a blob is named in a manifest. */
export function descriptor({ mediaType, digest, bytes }: Blob): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: bytes.length };
}

/** A value as the blob that a manifest or a configuration is. */
export function jsonBlob(mediaType: string, value: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { mediaType, bytes, digest: digestOf(bytes) };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function buildLayer({ entries, compression = 'gzip' }: LayerDescription): BuiltLayer {
  const tar = tarArchive(entries);
  const bytes = compressors[compression](tar);
  const suffix = compression === 'none' ? '' : `+${compression}`;
  return {
    tar,
    bytes,
    diffId: digestOf(tar),
    digest: digestOf(bytes),
    mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`,
  };
}

const compressors: Readonly<Record<Compression, (bytes: Uint8Array) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};
