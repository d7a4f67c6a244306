import { z } from 'zod';
import { advisePurchase } from '../../metering/index.ts';
import { action } from '../../platform/action.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { countNeverScanned } from '../never-scanned.ts';

/** Stands here, because it counts images as well as cores. What is not known yet is 0: local images, cores by asset. */
export const describePurchaseAdvice = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribePurchaseAdvice',
  summary:
    'What the purchase page shows: cores found and not covered, cores charged elastically, images never scanned, and what is recommended for them.',
  request: z.strictObject({ Cores: z.int().min(1).max(1_000_000_000).optional() }),
  response: z.object({
    /** Found: of nodes of clusters, and of hosts that run containers outside of one. */
    ClusterCores: wireUint64,
    HostCores: wireUint64,
    /** Protected cores that count now. */
    CountedCores: wireUint64,
    LicensedCores: wireUint64,
    ElasticCores: wireUint64,
    TrialCores: wireUint64,
    UnprotectedCores: wireUint64,
    RecommendedCores: wireUint64,
    ElasticCap: wireUint64,
    /** Repositories and tags whose image has no result, local images without one, and how many of both are the same. */
    NeverScannedRegistryImages: wireUint64,
    NeverScannedLocalImages: wireUint64,
    RepeatedImages: wireUint64,
    NeverScannedImages: wireUint64,
    RecommendedScansPerMonth: wireUint64,
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now, request: { Cores } }) {
    const { registryPlaces, images } = await countNeverScanned(tx, tenant);
    const chosenCores = Cores === undefined ? undefined : BigInt(Cores);
    const advice = await advisePurchase(tx, tenant, { chosenCores, neverScanned: BigInt(images) }, now);
    const { known, covered } = advice;
    return {
      ClusterCores: known.cluster,
      HostCores: known.host,
      CountedCores: known.counted,
      LicensedCores: covered.licensed,
      ElasticCores: covered.elastic,
      TrialCores: covered.gift,
      UnprotectedCores: covered.uncovered,
      RecommendedCores: advice.cores,
      ElasticCap: advice.elasticCap,
      NeverScannedRegistryImages: registryPlaces,
      NeverScannedLocalImages: 0,
      RepeatedImages: registryPlaces - images,
      NeverScannedImages: images,
      RecommendedScansPerMonth: advice.scansPerMonth,
    };
  },
});
