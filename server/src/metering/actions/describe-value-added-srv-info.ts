import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { counterNames, readCounters } from '../../platform/counters/index.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { readImageScanQuota } from '../image-scan-quota.ts';

/** Counts places as `DescribeImageAuthorizedInfo` does: a repository and tag each. Local images are not known yet. */
export const describeValueAddedSrvInfo = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeValueAddedSrvInfo',
  summary: 'The demand for image scans: images that have no result yet, and the whole scans that are left.',
  request: z.strictObject({}),
  response: z.object({ RegistryImageCnt: wireUint64, LocalImageCnt: wireUint64, UnusedAuthorizedCnt: wireUint64 }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const counter = await readCounters(tx, tenant);
    const quota = await readImageScanQuota(tx, tenant, now);
    return {
      RegistryImageCnt: counter(counterNames.registryImages) - counter(counterNames.scannedRegistryImages),
      LocalImageCnt: 0,
      UnusedAuthorizedCnt: (quota?.remaining ?? 0n) / 10n,
    };
  },
});
