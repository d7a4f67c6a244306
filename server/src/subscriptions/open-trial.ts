import { builtInCatalog } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce } from '../platform/events/index.ts';
import { setTimer } from '../platform/timers/index.ts';
import { trialOpened } from './events.ts';
import { endTrial } from './jobs/end-trial.ts';
import { insertTrial } from './store.ts';
import type { Trial } from './trial.ts';

/**
 * Opens the free trial of this tenant from now on. Throws `FailedOperation.TrialAlreadyUsed` when it has had one.
 * Source: product rules, 2.
 */
export async function openTrial(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<Trial> {
  const { duration, gift } = builtInCatalog.trial;
  const trial: Trial = { startedAt: now, endsAt: now.add(duration), gift };
  if (!(await insertTrial(tx, tenant, trial))) {
    throw new ActionError(
      'FailedOperation.TrialAlreadyUsed',
      'the free trial can be opened once for a main account; buy the professional edition to go on',
    );
  }
  await setTimer(tx, tenant, { key: 'subscriptions/trial-end', dueAt: trial.endsAt, job: endTrial, data: {} });
  await announce({ tx, tenant, now }, trialOpened, { endsAt: trial.endsAt.toString() });
  return trial;
}
