import { gzipSync } from 'node:zlib';
import { type BuiltImage, descriptor, jsonBlob } from '../../../server/src/service/demo/build-image.ts';
import { tarArchive } from '../../../server/src/service/demo/tar-archive.ts';

export interface ArchiveOptions {
  tags?: string[];
  /** The archive as a whole, as in `docker save | gzip`. */
  gzip?: boolean;
}

/** The image as `docker save` has written it up to Docker 24: `manifest.json`, a configuration, layers as plain tars. */
export function dockerArchive(
  image: BuiltImage,
  { tags = ['test:latest'], gzip = false }: ArchiveOptions = {},
): Uint8Array {
  const hex = (digest: string): string => digest.slice('sha256:'.length);
  const archive = tarArchive([
    { path: `${hex(image.config.digest)}.json`, content: image.config.bytes },
    ...image.layers.map(({ diffId, tar }) => ({ path: `${hex(diffId)}/layer.tar`, content: tar })),
    {
      path: 'manifest.json',
      content: JSON.stringify([
        {
          Config: `${hex(image.config.digest)}.json`,
          RepoTags: tags,
          Layers: image.layers.map(({ diffId }) => `${hex(diffId)}/layer.tar`),
        },
      ]),
    },
  ]);
  return gzip ? gzipSync(archive) : archive;
}

/**
 * The image as `docker save` writes it from Docker 25 on, and `skopeo copy … oci-archive:`: an OCI layout with layers as
 * they are stored. Docker adds a `manifest.json` that points into it; `docker: false` leaves it out.
 */
export function ociArchive(
  image: BuiltImage,
  { tags = ['test:latest'], docker = true }: { tags?: string[]; docker?: boolean } = {},
): Uint8Array {
  const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
  const index = jsonBlob('application/vnd.oci.image.index.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [descriptor(image.manifest)],
  });
  const manifest = [
    {
      Config: blobPath(image.config.digest),
      RepoTags: tags,
      Layers: image.layers.map(({ digest }) => blobPath(digest)),
    },
  ];
  return tarArchive([
    { path: 'oci-layout', content: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', content: index.bytes },
    ...[image.manifest, image.config, ...image.layers].map(({ digest, bytes }) => ({
      path: blobPath(digest),
      content: bytes,
    })),
    ...(docker ? [{ path: 'manifest.json', content: JSON.stringify(manifest) }] : []),
  ]);
}
