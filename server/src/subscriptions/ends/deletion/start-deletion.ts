/** When the data of what has ended are to go. Source: product rules, 2, 4, 5 and 6. */
import { z } from 'zod';
import { subscriber, type Occasion } from '../../../platform/events/index.ts';
import { enqueue, job, type Job } from '../../../platform/jobs/index.ts';
import { setTimer } from '../../../platform/timers/index.ts';
import { destroyed, trialDataExpired } from '../../events.ts';
import { readTrial } from '../../store.ts';
import { trialState } from '../../trial.ts';
import { deletionHooks, type Ended } from './deletion-hook.ts';
import { deleteEndedOf, deleteKeptOf } from './delete-ended.ts';
import { insertDeletion } from './deletion-store.ts';

/**
 * At the destruction of an instance. While a trial runs, it stands on the same data (an edition that was bought in it was
 * refunded): they go with the trial's.
 */
export const deleteAtDestruction = subscriber('subscriptions', destroyed, async (occasion, { instanceId, product }) => {
  const { tx, tenant, now } = occasion;
  if (product !== 'log-analysis' && trialState(await readTrial(tx, tenant), now) === 'active') return;
  await startDeletion(occasion, product, instanceId);
});

/** Some time after a trial that no professional edition has followed. */
export const deleteTrialData = subscriber('subscriptions', trialDataExpired, (occasion) =>
  startDeletion(occasion, 'trial', ''),
);

/** Deletes what is to be deleted of a tenant now. */
export const deleteEnded: Job<Record<string, never>> = job({
  name: 'subscriptions.delete-ended',
  data: z.object({}),
  maxAttempts: 1_000,
  run: ({ platform, tenant, signal }) =>
    deleteEndedOf({ platform, tenant, hooks: deletionHooks(), signal }, deleteKept),
});

/** Deletes what was kept for some time after a destruction. */
export const deleteKept: Job<{ deletion: string }> = job({
  name: 'subscriptions.delete-kept',
  data: z.object({ deletion: z.string().regex(/^\d+$/) }),
  maxAttempts: 1_000,
  run: ({ platform, tenant, signal }, { deletion }) =>
    deleteKeptOf({ platform, tenant, hooks: deletionHooks(), signal }, BigInt(deletion)),
});

async function startDeletion({ tx, tenant, now }: Occasion, ended: Ended, instanceId: string): Promise<void> {
  if (!(await insertDeletion(tx, tenant, { ended, instanceId, endedAt: now }))) return;
  // At once; and as a deadline of this instant, so that a clock that is being moved waits until it is done.
  await enqueue(tx, deleteEnded, {}, { key: 'all', queue: `deletion/${tenant}` });
  await setTimer(tx, tenant, { key: 'subscriptions/deletion', dueAt: now, job: deleteEnded, data: {} });
}
