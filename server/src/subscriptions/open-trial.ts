import { currentCatalog } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce } from '../platform/events/index.ts';
import { setTimer } from '../platform/timers/index.ts';
import { trialOpened } from './events.ts';
import { endTrial } from './jobs/end-trial.ts';
import { expireTrialData } from './jobs/expire-trial-data.ts';
import { warnOfTrialEnd } from './jobs/warn-of-trial-end.ts';
import { insertTrial } from './store.ts';
import { readSubscriptions } from './subscription-store.ts';
import { trialWarnings, type Trial } from './trial.ts';

/**
 * Opens the free trial of this tenant from now on. Throws `FailedOperation.TrialAlreadyUsed` when it has had one,
 * `FailedOperation.TrialAfterPurchase` when it has had a professional edition.
 * Source: product rules, 2.
 */
export async function openTrial(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<Trial> {
  if ((await readSubscriptions(tx, tenant)).some(({ product }) => product === 'professional')) {
    throw new ActionError(
      'FailedOperation.TrialAfterPurchase',
      'the free trial comes before a professional edition; there is none after a purchase',
    );
  }
  const { duration, gift, deletionHours } = (await currentCatalog(tx, now)).trial;
  const trial: Trial = { startedAt: now, endsAt: now.add(duration), gift };
  if (!(await insertTrial(tx, tenant, trial))) {
    throw new ActionError(
      'FailedOperation.TrialAlreadyUsed',
      'the free trial can be opened once for a main account; buy the professional edition to go on',
    );
  }
  for (const at of trialWarnings(trial)) {
    const key = `subscriptions/trial-warning/${at.toString()}`;
    await setTimer(tx, tenant, { key, dueAt: at, job: warnOfTrialEnd, data: { at: at.toString() } });
  }
  await setTimer(tx, tenant, { key: 'subscriptions/trial-end', dueAt: trial.endsAt, job: endTrial, data: {} });
  await setTimer(tx, tenant, {
    key: 'subscriptions/trial-data',
    dueAt: trial.endsAt.add({ hours: deletionHours }),
    job: expireTrialData,
    data: {},
  });
  await announce({ tx, tenant, now }, trialOpened, { endsAt: trial.endsAt.toString() });
  return trial;
}
