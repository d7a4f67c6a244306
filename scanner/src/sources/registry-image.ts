/** An image in a registry as a source: every byte is checked against its digest while it is read. */
import { ScanError, type ImageSource } from '../model.ts';
import type { RegistryClient } from '../registry/index.ts';
import { parseImageConfig } from './image-config.ts';

export interface RegistryImageOptions {
  /** `os/architecture[/variant]`; without it linux/amd64, else one that is there. */
  platform?: string;
  /** As the user wrote it; the repository and reference when absent. */
  target?: string;
  signal?: AbortSignal;
}

/** Artifacts that are no images (charts, signatures) have other configurations. */
const configTypes = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
]);

/** Opens an image; its layers are fetched when they are opened. The client stays the caller's: `close` leaves it open. */
export async function openRegistryImage(
  client: RegistryClient,
  repository: string,
  reference: string,
  { platform, target, signal }: RegistryImageOptions = {},
): Promise<ImageSource> {
  const name = target ?? `${client.host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  const image = await client.resolve(repository, reference, platform, signal);
  if (!isImageConfig(image.config.mediaType)) {
    throw new ScanError({
      code: 'target-unreadable',
      message: `${name} is no container image (${image.config.mediaType})`,
    });
  }
  const config = parseImageConfig(await client.config(repository, image.config, signal));
  if (config.diffIds.length !== image.layers.length) {
    throw new ScanError({
      code: 'target-unreadable',
      message: `${name} has ${image.layers.length} layers, but its configuration names ${config.diffIds.length}`,
    });
  }
  return {
    kind: 'registry',
    target: name,
    imageId: image.config.digest,
    digest: image.digest,
    config,
    layers: image.layers.map(({ digest, size }, index) => ({
      digest,
      diffId: config.diffIds[index] ?? '',
      sizeBytes: size,
      content: { type: 'stream', open: (signal) => client.blob(repository, digest, { sizeBytes: size, signal }) },
    })),
    verified: true,
    close: async () => undefined,
  };
}

/** Whether a manifest with a configuration of this type is a container image. */
export function isImageConfig(mediaType: string): boolean {
  return configTypes.has(mediaType);
}
