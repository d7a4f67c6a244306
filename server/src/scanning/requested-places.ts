/** The places that a request for a plain scan, or for its stop, is about. */
import type { AppTransaction } from '../platform/database/index.ts';
import type { WireFilter } from '../platform/wire-lists.ts';
import { choosePlaces, namedChoice } from './catalogue.ts';
import { findImageIds, imageFilters } from './find-images.ts';
import type { ImageInfo } from './image-info.ts';
import { knownFilters } from './wire-filters.ts';

export interface PlacesRequest {
  All?: boolean | undefined;
  Id?: number[] | undefined;
  Images?: ImageInfo[] | undefined;
  Filters?: WireFilter[] | undefined;
  ExcludeImageList?: number[] | undefined;
  OnlyScanLatest?: boolean | undefined;
}

/** All, or the named ones, or those that the filters choose (named and filtered: both must hold); minus the excluded. */
export async function requestedPlaces(
  tx: AppTransaction,
  tenant: bigint,
  request: PlacesRequest,
): Promise<{ id: bigint; imageId: string }[]> {
  const named = request.All === true ? undefined : namedChoice(request);
  const filters = request.All === true ? [] : knownFilters(request.Filters, imageFilters);
  const onlyLatest = request.OnlyScanLatest === true;
  const places = await choosePlaces(tx, tenant, {
    ...(named && { named }),
    onlyLatest,
    excludeIds: (request.ExcludeImageList ?? []).map(BigInt),
  });
  if (filters.length === 0) return places;
  const filtered = new Set((await findImageIds(tx, tenant, filters, onlyLatest)).map(({ id }) => id));
  return places.filter(({ id }) => filtered.has(id));
}
