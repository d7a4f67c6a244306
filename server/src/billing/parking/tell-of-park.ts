/** The alert: an account that a guard rail has parked waits for the operator. */
import { z } from 'zod';
import { subscriber } from '../../platform/events/index.ts';
import { enqueue, job, type Job } from '../../platform/jobs/index.ts';
import { billingParked } from './events.ts';

/** A job, so that it is told once the park is committed, and not before. */
export const tellOfPark: Job<{ reason: string; at: string }> = job({
  name: 'billing.tell-of-park',
  data: z.object({ reason: z.string(), at: z.string() }),
  maxAttempts: 10,
  run({ platform, tenant }, { reason, at }) {
    const facts = { alert: 'billing-parked', tenant: String(tenant), reason, at };
    platform.log.error(facts, 'an account was parked by a guard rail: nothing is charged to it until it is unparked');
    return Promise.resolve();
  },
});

export const tellOfParks = subscriber('billing', billingParked, async ({ tx }, { by, reason, at }) => {
  if (by === 'guard') await enqueue(tx, tellOfPark, { reason, at }, { key: at });
});
