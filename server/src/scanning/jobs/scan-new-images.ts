import { z } from 'zod';
import { listRegistryImageIds } from '../../assets/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announce } from '../../platform/events/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { createScanTask } from '../create-task.ts';
import { quotaShort } from '../quota-short.ts';
import { withoutResult } from '../recommended.ts';
import { riskClassesOf } from '../risk-classes.ts';

/**
 * Scans what a sync has brought, for registries that ask for it: with a full sync the newest tag of each repository, with an
 * incremental one all new images. What has a result is not scanned again. Source: contract, `NeedScan`.
 */
export const scanNewImages = job({
  name: 'scanning.scan-new-images',
  data: z.object({ registryId: z.string(), syncMode: z.enum(['full', 'incremental']), startedAt: z.string() }),
  maxAttempts: 20,
  async run({ platform, tenant }, { registryId, syncMode, startedAt }) {
    try {
      await platform.database.inTenant(tenant, async (tx) => {
        const found = await listRegistryImageIds(tx, tenant, {
          registryIds: [BigInt(registryId)],
          firstSeenFrom: Temporal.Instant.from(startedAt),
          onlyLatest: syncMode === 'full',
        });
        const places = await withoutResult(tx, tenant, found);
        if (places.length === 0) return;
        const request = {
          kind: 'plain' as const,
          riskClasses: riskClassesOf(undefined),
          timeoutSeconds: undefined,
          places,
        };
        await createScanTask(tx, tenant, await platform.clock.now(tx), request);
      });
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      if (error.code === 'FailedOperation.AuthorizedNotEnough') {
        // Killed right after this the job runs, and tells it, once more.
        await platform.database.inTenant(tenant, async (tx) =>
          announce({ tx, tenant, now: await platform.clock.now(tx) }, quotaShort, { of: 'sync', registryId }),
        );
      }
      // Nobody waits for an answer: the images stay as they are, and lists say that they were not scanned.
      platform.log.info(
        { code: error.code, tenant: String(tenant), registry: registryId },
        'new images were not scanned',
      );
    }
  },
});
