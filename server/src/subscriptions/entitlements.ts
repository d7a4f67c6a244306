/** The one place that answers "may this tenant do X now". */
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { readTrial } from './store.ts';
import { trialState } from './trial.ts';

/** Image scans that are in force now, and since when and until when they count. */
export interface ImageScanEntitlement {
  /** Where the scans come from; each has a quota of its own. */
  source: 'trial';
  scans: number;
  from: Temporal.Instant;
  until: Temporal.Instant;
}

/**
 * The professional functions must be in force: the trial while it runs. Throws `FailedOperation.NotPurchased` or
 * `FailedOperation.TrialEnded`.
 */
export async function requireEdition(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<void> {
  const state = trialState(await readTrial(tx, tenant), now);
  if (state === 'active') return;
  if (state === 'none') {
    throw new ActionError('FailedOperation.NotPurchased', 'open the free trial or buy the professional edition first');
  }
  throw new ActionError('FailedOperation.TrialEnded', 'the free trial is over; buy the professional edition to go on');
}

/** The image scans that this tenant may use now; none without a trial that runs. Source: product rules, 2 and 4. */
export async function imageScanEntitlement(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<ImageScanEntitlement | undefined> {
  const trial = await readTrial(tx, tenant);
  if (!trial || trialState(trial, now) !== 'active') return undefined;
  return { source: 'trial', scans: trial.gift.imageScans, from: trial.startedAt, until: trial.endsAt };
}
