import { z } from 'zod';
import { job, type Job } from '../../platform/jobs/index.ts';
import { passTimeOf } from '../pass-time.ts';
import { setNextTimer } from '../settle.ts';

/** Something is due in what a tenant bought: reminders, ends, automatic renewals. Everything due by now happens. */
export const passSubscriptionTime: Job<Record<string, never>> = job({
  name: 'subscriptions.pass-time',
  data: z.object({}),
  maxAttempts: 100,
  run({ platform, tenant }) {
    return platform.database.inTenant(tenant, async (tx) => {
      const subscriptions = await passTimeOf(tx, tenant, await platform.clock.now(tx));
      await setNextTimer(tx, tenant, subscriptions, passSubscriptionTime);
    });
  },
});
