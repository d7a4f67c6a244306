import { listRegistryImageIds } from '../assets/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { imagesWithResult } from './result-store.ts';

/** Images without a result: places that hold one, and the images themselves, each counted once. */
export interface NeverScanned {
  readonly registryPlaces: number;
  readonly images: number;
}

/** Of the whole catalogue. Local images are not known yet. */
export async function countNeverScanned(tx: AppTransaction, tenant: bigint): Promise<NeverScanned> {
  const places = await listRegistryImageIds(tx, tenant, {});
  const distinct = [...new Set(places.map(({ imageId }) => imageId))];
  const scanned = await imagesWithResult(tx, tenant, distinct);
  return {
    registryPlaces: places.filter(({ imageId }) => !scanned.has(imageId)).length,
    images: distinct.length - scanned.size,
  };
}
