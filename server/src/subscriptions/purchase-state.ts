/** What `DescribePurchaseStateInfo` shows, derived from what the tenant has. Source: contract, group A. */
import { trialState, type Trial } from './trial.ts';

/** 0 trial and purchase possible, 1 purchase only, 2 trial active. */
export type PurchaseState = 0 | 1 | 2;

/** Cores by who pays for them. `all = licensed + gift + elastic + unprotected`. */
export interface Cores {
  licensed: bigint;
  gift: bigint;
  elastic: bigint;
  unprotected: bigint;
}

export function purchaseState(trial: Trial | undefined, now: Temporal.Instant): PurchaseState {
  const states = { none: 0, active: 2, over: 1 } as const;
  return states[trialState(trial, now)];
}

/** A trial covers the cores of all assets; without it nothing is covered. Source: product rules, 2. */
export function coverCores(assetCores: bigint, trial: Trial | undefined, now: Temporal.Instant): Cores {
  const covered = trialState(trial, now) === 'active';
  return { licensed: 0n, gift: covered ? assetCores : 0n, elastic: 0n, unprotected: covered ? 0n : assetCores };
}
