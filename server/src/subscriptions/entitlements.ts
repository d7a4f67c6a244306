/** The one place that answers "may this tenant do X now, and how much of it". Read from what is kept, by business time. */
import { quotaPeriodAt } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { marketTimeZone } from '../platform/platform.ts';
import { beingDeleted, requireNoDeletion } from './ends/deletion/while-deleting.ts';
import { stateAt } from './lifecycle.ts';
import { readTrial } from './store.ts';
import { grantsInForce, holdingsAt } from './subscription.ts';
import { readSubscriptions } from './subscription-store.ts';
import { trialState } from './trial.ts';

/** While the data of one of these are deleted nothing is scanned. */
const scansStandOn = ['trial', 'professional', 'image-scan'] as const;

/** Image scans that are in force now, and since when and until when they count. */
export interface ImageScanEntitlement {
  /** Where the scans come from; each has a quota of its own: `trial`, or `pack/<number>` of what was bought. */
  source: 'trial' | `pack/${bigint}`;
  /** In tenths of a scan. */
  capacity: bigint;
  from: Temporal.Instant;
  until: Temporal.Instant;
}

/**
 * The professional functions must be in force: the trial while it runs, a professional edition until it stops. Throws
 * `FailedOperation.NotPurchased`, `FailedOperation.TrialEnded` or `FailedOperation.EditionEnded`; and
 * `FailedOperation.DeletionRunning` where it was bought anew while the data of what had ended are still deleted. Until
 * the transaction ends no deletion begins.
 */
export async function requireEdition(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<void> {
  await requireInForce(tx, tenant, now);
  await requireNoDeletion(tx, tenant);
}

async function requireInForce(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<void> {
  const trial = trialState(await readTrial(tx, tenant), now);
  if (trial === 'active') return;
  const subscriptions = await readSubscriptions(tx, tenant);
  const { professional } = holdingsAt(subscriptions, now);
  if (professional && stateAt(professional, now) !== 'stopped') return;
  if (subscriptions.some(({ product }) => product === 'professional')) {
    throw new ActionError('FailedOperation.EditionEnded', 'the professional edition has ended; buy it to go on');
  }
  if (trial === 'none') {
    throw new ActionError('FailedOperation.NotPurchased', 'open the free trial or buy the professional edition first');
  }
  throw new ActionError('FailedOperation.TrialEnded', 'the free trial is over; buy the professional edition to go on');
}

/**
 * The image scans that this tenant may use now: of the trial while it runs, and of each pack that was bought while the
 * professional edition is active, for the month that its own anniversary began. Source: product rules, 2 and 4.
 */
export async function imageScanEntitlements(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<ImageScanEntitlement[]> {
  const scans = [...(await trialScans(tx, tenant, now)), ...(await boughtScans(tx, tenant, now))];
  if (scans.length === 0) return [];
  // Bought anew, they can be used when what the former ones left is deleted.
  const deleting = await beingDeleted(tx, tenant);
  return scansStandOn.some((ended) => deleting.has(ended)) ? [] : scans;
}

/** Whether anything gives image scans now, be they used up or not. */
export async function mayScanImages(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<boolean> {
  return (await imageScanEntitlements(tx, tenant, now)).length > 0;
}

async function trialScans(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<ImageScanEntitlement[]> {
  const trial = await readTrial(tx, tenant);
  if (!trial || trialState(trial, now) !== 'active') return [];
  const capacity = BigInt(trial.gift.imageScans) * 10n;
  return [{ source: 'trial', capacity, from: trial.startedAt, until: trial.endsAt }];
}

async function boughtScans(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<ImageScanEntitlement[]> {
  const { professional, 'image-scan': scan } = holdingsAt(await readSubscriptions(tx, tenant), now);
  const inForce = [professional, scan].every((each) => each && stateAt(each, now) === 'active');
  if (!scan || !inForce) return [];
  return grantsInForce(scan, now).flatMap(({ id, quantity, anchor, from, until }) => {
    const term = { anchor: anchor.toZonedDateTimeISO(marketTimeZone), from, until, scansPerMonth: quantity };
    const period = quotaPeriodAt(term, now);
    if (!period) return [];
    return [{ source: `pack/${id}` as const, capacity: period.quotaTenths, from: period.from, until: period.until }];
  });
}
