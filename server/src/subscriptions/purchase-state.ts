/** What `DescribePurchaseStateInfo` and its neighbours show, derived from what the tenant has. Source: contract, group A. */
import { stateAt } from './lifecycle.ts';
import type { Renewal, Subscription } from './subscription.ts';
import { trialState, type Trial } from './trial.ts';

/**
 * 0 trial and purchase possible, 1 purchase only, 2 trial active, 3 professional edition active, 4 professional edition
 * ended. `subState` tells of 4 whether it can come back; the wire has these spellings.
 */
export interface PurchaseState {
  state: 0 | 1 | 2 | 3 | 4;
  subState: 'NORMAL' | 'ISOLATE' | 'DESTROED';
}

/** `professional` is the newest professional edition that the tenant ever had. */
export function purchaseState(
  trial: Trial | undefined,
  professional: Subscription | undefined,
  now: Temporal.Instant,
): PurchaseState {
  const edition = professional && stateAt(professional, now);
  if (edition === 'active') return { state: 3, subState: 'NORMAL' };
  const ofTrial = trialState(trial, now);
  if (ofTrial === 'active') return { state: 2, subState: 'NORMAL' };
  if (edition) return { state: 4, subState: edition === 'destroyed' ? 'DESTROED' : 'ISOLATE' };
  return { state: ofTrial === 'none' ? 0 : 1, subState: 'NORMAL' };
}

/** A professional edition and log analysis keep working while they are isolated. Source: product rules, 6. */
export function isWorking(subscription: Subscription, now: Temporal.Instant): boolean {
  return ['active', 'isolated'].includes(stateAt(subscription, now));
}

/** `BuyStatus` of the wire. */
export function buyStatus(
  subscription: Subscription | undefined,
  now: Temporal.Instant,
): 'Pending' | 'Normal' | 'Isolate' {
  const state = subscription && stateAt(subscription, now);
  if (state === undefined || state === 'destroyed') return 'Pending';
  return state === 'active' ? 'Normal' : 'Isolate';
}

/** `AutomaticRenewal` of the wire: 0 never set, 1 automatic, 2 switched off. */
export function automaticRenewal(renewal: Renewal | undefined): 0 | 1 | 2 {
  if (!renewal?.chosen) return 0;
  return renewal.flag === 'NOTIFY_AND_AUTO_RENEW' ? 1 : 2;
}
