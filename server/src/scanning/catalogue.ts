/** Registry images as scanning sees them: places to scan, chosen by requests. The catalogue itself is of `assets/`. */
import {
  listRegistryImageIds,
  listRegistryImages,
  type RegistryImage,
  type RegistryImageFilters,
} from '../assets/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Filter } from '../platform/wire-lists.ts';
import type { ImageInfo } from './image-info.ts';
import { imageNameOf, repositoryAddress } from './image-names.ts';

/** A repository and tag that can be scanned. */
export interface Place {
  id: bigint;
  registryId: bigint;
  imageId: string;
  repository: string;
  /** Digest of its manifest: what is scanned is what the catalogue shows, whatever the tag names meanwhile. */
  digest: string;
  /** For people: address, repository and tag. */
  name: string;
}

/** Of these places those that still hold this image, in the order of their ids. */
export async function readPlaces(
  tx: AppTransaction,
  tenant: bigint,
  imageId: string,
  ids: readonly bigint[],
): Promise<Place[]> {
  const { images } = await listRegistryImages(tx, tenant, { ids, imageIds: [imageId], by: 'id', direction: 'asc' });
  return images.map((image) => ({
    id: image.id,
    registryId: image.registryId,
    imageId: image.imageId,
    repository: image.repository,
    digest: image.digest,
    name: `${repositoryAddress(image)}:${image.tag}`,
  }));
}

/** The one image that a request is about. Throws `MissingParameter` and `ResourceNotFound`. */
export async function resolvePlace(
  tx: AppTransaction,
  tenant: bigint,
  { Id, ImageInfo }: { Id?: number | undefined; ImageInfo?: ImageInfo | undefined },
): Promise<RegistryImage> {
  if (Id !== undefined) {
    const { images } = await listRegistryImages(tx, tenant, { ids: [BigInt(Id)] });
    const [image] = images;
    if (image) return image;
    throw new ActionError('ResourceNotFound', `there is no registry image ${Id}`);
  }
  if (!ImageInfo) throw new ActionError('MissingParameter', 'name the image by Id or by ImageInfo');
  const [first] = await findByInfo(tx, tenant, ImageInfo);
  if (first) return first;
  throw new ActionError('ResourceNotFound', `there is no registry image ${ImageInfo.ImageName}:${ImageInfo.ImageTag}`);
}

/** Which places a request is about. All that is given must hold; without names, all of them. */
export interface Choice extends RegistryImageFilters {
  /** Named places; each must be there. */
  named?: { ids: readonly number[]; images: readonly ImageInfo[] };
}

/** The chosen places, in the order of their ids. Throws `ResourceNotFound` for a named one that is not there. */
export async function choosePlaces(
  tx: AppTransaction,
  tenant: bigint,
  { named, ...filters }: Choice,
): Promise<{ id: bigint; imageId: string }[]> {
  if (!named) return listRegistryImageIds(tx, tenant, filters);
  const ids = named.ids.map(BigInt);
  const known = new Set((await listRegistryImageIds(tx, tenant, { ids })).map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw new ActionError('ResourceNotFound', `there is no registry image ${unknown}`);
  for (const image of named.images) {
    const found = await findByInfo(tx, tenant, image);
    if (found.length === 0) {
      throw new ActionError('ResourceNotFound', `there is no registry image ${image.ImageName}:${image.ImageTag}`);
    }
    ids.push(...found.map(({ id }) => id));
  }
  return listRegistryImageIds(tx, tenant, { ...filters, ids });
}

/** The choice that `Id` and `Images` of a request make; undefined where neither names anything. */
export function namedChoice(request: {
  Id?: number[] | undefined;
  Images?: ImageInfo[] | undefined;
}): NonNullable<Choice['named']> | undefined {
  const { Id = [], Images = [] } = request;
  return Id.length + Images.length > 0 ? { ids: Id, images: Images } : undefined;
}

/** Ids of the places whose image is called exactly so: with its namespace or without. */
export async function idsOfImageName(tx: AppTransaction, tenant: bigint, { values }: Filter): Promise<bigint[]> {
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  const { images } = await listRegistryImages(tx, tenant, {
    text: [{ column: 'repository', filter: { values, exact: false } }],
  });
  return images.filter((image) => isCalled(image, wanted)).map(({ id }) => id);
}

/** Ids of the places whose address, which is put together of two columns, is one of these texts or holds it. */
export async function idsOfAddress(tx: AppTransaction, tenant: bigint, filter: Filter): Promise<bigint[]> {
  const { images } = await listRegistryImages(tx, tenant);
  return images.filter((image) => fitsText(repositoryAddress(image), filter)).map(({ id }) => id);
}

/** Whether a text is one of a filter's values, or holds one; without regard to case. */
export function fitsText(text: string, { values, exact }: Filter): boolean {
  const own = text.toLowerCase();
  return values.some((value) => (exact ? own === value.toLowerCase() : own.includes(value.toLowerCase())));
}

async function findByInfo(tx: AppTransaction, tenant: bigint, info: ImageInfo): Promise<RegistryImage[]> {
  const equal = (value: string): Filter => ({ values: [value], exact: true });
  const { images } = await listRegistryImages(tx, tenant, {
    ...(info.ImageDigest && { digests: [info.ImageDigest] }),
    text: [
      { column: 'tag', filter: equal(info.ImageTag) },
      { column: 'repository', filter: { values: [info.ImageName], exact: false } },
      ...(info.InstanceName === '' ? [] : [{ column: 'registryName' as const, filter: equal(info.InstanceName) }]),
      ...(info.Namespace === '' ? [] : [{ column: 'namespace' as const, filter: equal(info.Namespace) }]),
      ...(info.RegistryType ? [{ column: 'registryType' as const, filter: equal(info.RegistryType) }] : []),
      ...(info.InstanceId ? [{ column: 'instanceId' as const, filter: equal(info.InstanceId) }] : []),
    ],
    by: 'id',
    direction: 'asc',
  });
  const address = info.ImageRepoAddress?.toLowerCase();
  return images
    .filter((image) => isCalled(image, new Set([info.ImageName.toLowerCase()])))
    .filter((image) => !address || repositoryAddress(image).toLowerCase() === address);
}

function isCalled(image: RegistryImage, wanted: ReadonlySet<string>): boolean {
  return wanted.has(image.repository.toLowerCase()) || wanted.has(imageNameOf(image).toLowerCase());
}
