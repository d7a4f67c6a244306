/**
 * An OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md), as a folder or an archive:
 * `index.json` leads by digests to manifests, configurations and layers in `blobs/`.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ScanError } from '../model.ts';
import { parseShape } from '../parse-shape.ts';
import { choosePlatform, imagesOf } from '../registry/choose-platform.ts';
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  manifestTypes,
  parseManifest,
  platformText,
} from '../registry/manifest.ts';
import { parseImageConfig } from './image-config.ts';
import { type ImageFiles, noSuchImage, ociIndex, type StoredImage, unreadable } from './image-files.ts';

export interface OciImageOptions {
  /** The name that `index.json` gives it (`org.opencontainers.image.ref.name`), or the end of one behind a colon. */
  image?: string;
  /** `os/architecture[/variant]`. */
  platform?: string;
}

/** An index of indexes of indexes is none of an image. */
const mostSteps = 4;

const named = z.object({
  manifests: z.array(z.object({ annotations: z.record(z.string(), z.string()).nullish() })).max(10_000),
});
/** Docker, containerd and skopeo say the name in different places. */
const nameKeys = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];

/** Throws `ScanError`. Manifests and configuration are checked against their digests; layers are when they are read to verify. */
export function readOciImage(files: ImageFiles, { image, platform }: OciImageOptions = {}): StoredImage {
  const index = parse(files, files.document(ociIndex), manifestTypes.ociIndex);
  if ('layers' in index) throw unreadable(files.path, 'has an index.json that is no index');
  const first = image === undefined ? index : only(index, files, image);
  const { manifest, digest } = resolve(files, first, platform);
  const configBytes = blob(files, manifest.config);
  const config = parseImageConfig(configBytes);
  const own = platformText({ ...config, variant: '' });
  if (platform !== undefined && platform !== own && !platform.startsWith(`${own}/`)) {
    throw new ScanError({ code: 'target-not-found', message: `${files.path} is for ${own}, not for ${platform}` });
  }
  if (manifest.layers.length !== config.diffIds.length) {
    throw unreadable(
      files.path,
      `has ${manifest.layers.length} layers, but its configuration names ${config.diffIds.length}`,
    );
  }
  return {
    kind: 'oci',
    imageId: manifest.config.digest,
    digest,
    config,
    layers: manifest.layers.map((layer, at) => files.layer(pathOf(layer), config.diffIds[at] ?? '')),
  };
}

function resolve(
  files: ImageFiles,
  from: ImageIndex,
  platform: string | undefined,
): { manifest: ImageManifest; digest: string } {
  let index = from;
  for (let step = 0; step < mostSteps; step += 1) {
    const entry = choosePlatform(index, platform) ?? withoutPlatform(index);
    if (entry === undefined) throw noSuchPlatform(files, index, platform);
    const next = parse(files, blob(files, entry), entry.mediaType);
    if ('layers' in next) return { manifest: next, digest: entry.digest };
    index = next;
  }
  throw unreadable(files.path, 'has indexes in indexes without an image');
}

/** An index may say of no image which platform it is for: its configuration does. */
function withoutPlatform(index: ImageIndex): ImageIndex['manifests'][number] | undefined {
  const images = imagesOf(index);
  return images.every(({ platform }) => platform === undefined || platform.os === '') ? images[0] : undefined;
}

/** What the name leaves of the index. */
function only(index: ImageIndex, files: ImageFiles, image: string): ImageIndex {
  const { data } = parseShape(named, JSON.parse(files.document(ociIndex).toString('utf8')));
  const names = (data?.manifests ?? []).map(({ annotations }) => nameKeys.flatMap((key) => annotations?.[key] ?? []));
  const meant = (name: string) => name === image || (image.startsWith(':') && `:${name}`.endsWith(image));
  const manifests = index.manifests.filter((_, at) => names[at]?.some(meant));
  if (manifests.length === 0) throw noSuchImage(files.path, image, names.flat());
  return { ...index, manifests };
}

function blob(files: ImageFiles, descriptor: Descriptor): Buffer {
  const bytes = files.document(pathOf(descriptor));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (digest === descriptor.digest) return bytes;
  throw new ScanError({ code: 'digest-mismatch', message: `${files.path} holds other bytes as ${descriptor.digest}` });
}

/** Digests were checked for their form. */
function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function parse(files: ImageFiles, bytes: Uint8Array, mediaType: string): ImageIndex | ImageManifest {
  try {
    return parseManifest(bytes, mediaType, files.path);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new ScanError({ code: 'target-unreadable', message: error.message }, { cause: error });
  }
}

function noSuchPlatform({ path }: ImageFiles, index: ImageIndex, platform: string | undefined): ScanError {
  const there = imagesOf(index).flatMap(({ platform: each }) => (each ? platformText(each) : []));
  if (platform === undefined || there.length === 0) return unreadable(path, 'holds no image');
  return new ScanError({
    code: 'target-not-found',
    message: `${path} has no image for ${platform}; there are ${there.slice(0, 20).join(', ')}`,
  });
}
