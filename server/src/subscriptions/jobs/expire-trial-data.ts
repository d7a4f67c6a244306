import { z } from 'zod';
import { lockWallet } from '../../billing/index.ts';
import { announce } from '../../platform/events/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { trialDataExpired } from '../events.ts';
import { markTrialDataExpired, readTrial } from '../store.ts';
import { holdingsAt } from '../subscription.ts';
import { readSubscriptions } from '../subscription-store.ts';

/** Some time after the trial its data goes, unless a professional edition that was bought meanwhile lives. Source: product rules, 2. */
export const expireTrialData = job({
  name: 'subscriptions.expire-trial-data',
  data: z.object({}),
  maxAttempts: 100,
  run({ platform, tenant }) {
    return platform.database.inTenant(tenant, async (tx) => {
      // A purchase comes before this or after it, never in between.
      await lockWallet(tx, tenant);
      const trial = await readTrial(tx, tenant);
      const now = await platform.clock.now(tx);
      const { professional } = holdingsAt(await readSubscriptions(tx, tenant), now);
      if (!trial || professional || !(await markTrialDataExpired(tx, tenant))) return;
      await announce({ tx, tenant, now }, trialDataExpired, { endedAt: trial.endsAt.toString() });
    });
  },
});
