import { describe, expect, it } from 'vitest';
import { builtInCatalog } from '../catalog/index.ts';
import { trialState, trialWarnings, type Trial } from './trial.ts';

const startedAt = Temporal.Instant.from('2026-03-01T00:00:00Z');
const trial: Trial = {
  startedAt,
  endsAt: startedAt.add(builtInCatalog.trial.duration),
  gift: builtInCatalog.trial.gift,
};

describe('the trial', () => {
  it.each([
    ['2026-03-01T00:00:00Z', 'active'],
    ['2026-03-07T23:59:59Z', 'active'],
    ['2026-03-08T00:00:00Z', 'over'],
    ['2026-03-08T00:00:01Z', 'over'],
  ])('at %s is %s', (now, state) => {
    expect(trialState(trial, Temporal.Instant.from(now))).toBe(state);
  });

  it('that was never opened is none', () => {
    expect(trialState(undefined, startedAt)).toBe('none');
  });

  it.each([
    [7 * 24, ['2026-03-06T00:00:00Z', '2026-03-07T00:00:00Z']],
    [49, ['2026-03-01T01:00:00Z', '2026-03-02T01:00:00Z']],
    // A warning does not come before the trial, nor with its first instant.
    [48, ['2026-03-02T00:00:00Z']],
    [24, []],
    [1, []],
  ])('of %i hours is warned of at %j', (hours, warnings) => {
    const shorter = { ...trial, endsAt: startedAt.add({ hours }) };
    expect(trialWarnings(shorter).map(String)).toEqual(warnings);
  });
});
