import { z } from 'zod';
import { announce } from '../../platform/events/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { trialEnded } from '../events.ts';
import { markTrialEnded, readTrial } from '../store.ts';

/** Tells the other domains that the trial is over. What the trial allowed has ended by the clock already. */
export const endTrial = job({
  name: 'subscriptions.end-trial',
  data: z.object({}),
  maxAttempts: 100,
  run({ platform, tenant }) {
    return platform.database.inTenant(tenant, async (tx) => {
      const trial = await readTrial(tx, tenant);
      if (!trial || !(await markTrialEnded(tx, tenant))) return;
      await announce({ tx, tenant, now: trial.endsAt }, trialEnded, { endedAt: trial.endsAt.toString() });
    });
  },
});
