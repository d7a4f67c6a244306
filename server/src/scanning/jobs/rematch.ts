import { z } from 'zod';
import { advisoryGeneration } from '../../advisories/index.ts';
import { setImageAtRisk } from '../../assets/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { matchStored } from '../match-stored.ts';
import { outdatedResults, storeRematch } from '../result-store.ts';

const resultsAtOnce = 20;

/**
 * Matches a tenant's stored inventories against advisories that are newer than the last match. Nothing is pulled, nothing
 * is charged. Each image is kept as soon as it is matched, so a job that is run again goes on with the rest.
 */
export const rematch = job({
  name: 'scanning.rematch',
  data: z.object({}),
  maxAttempts: 20,
  async run({ platform, tenant, signal }) {
    const { database } = platform;
    const generation = await database.inTenant(tenant, (tx) => advisoryGeneration(tx));
    for (let after = ''; ; ) {
      const results = await database.inTenant(tenant, (tx) =>
        outdatedResults(tx, tenant, generation, after, resultsAtOnce),
      );
      for (const result of results) {
        signal.throwIfAborted();
        const matched = await matchStored(database, tenant, result.inventory);
        await database.inTenant(tenant, async (tx) => {
          const stored = await storeRematch(tx, tenant, result, matched, await platform.clock.now(tx));
          if (stored) await setImageAtRisk(tx, tenant, result.imageId, stored.atRisk);
        });
      }
      const last = results.at(-1);
      if (!last) return;
      after = last.imageId;
    }
  },
});
