import type { AppTransaction } from '../platform/database/index.ts';
import { readScanFacts } from './scan-facts.ts';

/** Places whose image needs a scan: it has no result, or its newest scan failed. */
export async function withoutResult<Place extends { imageId: string }>(
  tx: AppTransaction,
  tenant: bigint,
  places: readonly Place[],
): Promise<Place[]> {
  const facts = await readScanFacts(
    tx,
    tenant,
    places.map(({ imageId }) => imageId),
  );
  return places.filter(({ imageId }) => {
    const { newest, result } = facts(imageId);
    return result === undefined || newest?.state === 'failed';
  });
}
