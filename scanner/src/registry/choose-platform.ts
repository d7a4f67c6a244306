/** Which image of an index is taken. */
import { platformText, type ImageIndex } from './manifest.ts';

export type IndexEntry = ImageIndex['manifests'][number];

/** The images of an index; attestations and the like have no platform, or an unknown one. */
export function imagesOf(index: ImageIndex): IndexEntry[] {
  const images = index.manifests.filter(
    ({ platform }) => platform?.os !== 'unknown' && platform?.architecture !== 'unknown',
  );
  const named = images.filter(({ platform }) => platform !== undefined && platform.os !== '');
  // An index may leave the platforms out; its entries are then taken as they stand.
  return named.length > 0 ? named : images;
}

/** The platform that is scanned when none is asked for. Source: product rules, 4. */
export const defaultPlatform = 'linux/amd64';

/**
 * The entry for `wanted` (`os/architecture[/variant]`). Without a wish: linux/amd64; where an image has no such form,
 * another linux one, else its first.
 */
export function choosePlatform(index: ImageIndex, wanted: string | undefined): IndexEntry | undefined {
  const images = imagesOf(index);
  if (wanted !== undefined) return find(images, wanted);
  return find(images, defaultPlatform) ?? images.find(({ platform }) => platform?.os === 'linux') ?? images[0];
}

function find(images: readonly IndexEntry[], wanted: string): IndexEntry | undefined {
  const exact = images.find(({ platform }) => platform && platformText(platform) === wanted);
  return exact ?? images.find(({ platform }) => platform && `${platform.os}/${platform.architecture}` === wanted);
}
