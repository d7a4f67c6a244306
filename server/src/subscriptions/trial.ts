/** The rules of the free trial: pure functions of what was opened and of business time. Source: product rules, 2. */
import type { TrialGift } from '../catalog/index.ts';

export interface Trial {
  startedAt: Temporal.Instant;
  /** The first instant at which it is over. */
  endsAt: Temporal.Instant;
  gift: TrialGift;
}

/** When people are told that it ends: 2 days and 1 day before, as far as it lasts so long. Source: product rules, 2. */
export function trialWarnings({ startedAt, endsAt }: Trial): Temporal.Instant[] {
  const warnings = [2, 1].map((days) => endsAt.subtract({ hours: days * 24 }));
  return warnings.filter((at) => Temporal.Instant.compare(at, startedAt) > 0);
}

/** `none`: never opened; `active`: in `[start, end)`; `over`: from its end on. */
export type TrialState = 'none' | 'active' | 'over';

export function trialState(trial: Trial | undefined, now: Temporal.Instant): TrialState {
  if (!trial) return 'none';
  return Temporal.Instant.compare(now, trial.endsAt) < 0 ? 'active' : 'over';
}
