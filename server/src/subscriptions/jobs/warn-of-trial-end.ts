import { z } from 'zod';
import { announce } from '../../platform/events/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { trialEndsSoon } from '../events.ts';
import { markTrialWarned, readTrial } from '../store.ts';
import { holdingsAt } from '../subscription.ts';
import { readSubscriptions } from '../subscription-store.ts';

/** Tells that the trial ends soon, unless a professional edition goes on after it. Source: product rules, 2. */
export const warnOfTrialEnd = job({
  name: 'subscriptions.warn-of-trial-end',
  data: z.object({ at: z.string() }),
  maxAttempts: 100,
  run({ platform, tenant }, data) {
    const at = Temporal.Instant.from(data.at);
    return platform.database.inTenant(tenant, async (tx) => {
      const trial = await readTrial(tx, tenant);
      const { professional } = holdingsAt(await readSubscriptions(tx, tenant), at);
      if (!trial || professional || !(await markTrialWarned(tx, tenant, at))) return;
      await announce({ tx, tenant, now: at }, trialEndsSoon, { endsAt: trial.endsAt.toString() });
    });
  },
});
