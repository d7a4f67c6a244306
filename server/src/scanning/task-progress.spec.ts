import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasEnded, scanStates } from './scan-state.ts';
import { taskProgress, type PlaceProgress } from './task-progress.ts';

const place = (state: PlaceProgress['state'], progress = 0, risky = false): PlaceProgress => ({
  state,
  progress,
  risky,
});

describe('the progress of a task', () => {
  it.each([
    ['of nothing', [], { total: 0, ended: 0, schedule: 0, status: 'NOT_SCAN', remainingSeconds: 0 }],
    [
      'before the first image',
      [place('waiting'), place('waiting')],
      { ended: 0, schedule: 0, status: 'SCANNING', remainingSeconds: 20 },
    ],
    [
      'in the middle',
      [place('scanned', 100, true), place('scanning', 50)],
      { ended: 1, risky: 1, safe: 0, schedule: 75, remainingSeconds: 20 },
    ],
    [
      'with the last image done but not ended',
      [place('scanned', 100), place('scanning', 100)],
      { ended: 1, schedule: 99, status: 'SCANNING' },
    ],
    [
      'at its end',
      [place('scanned', 100, true), place('scanned', 100), place('failed'), place('stopped')],
      { total: 4, ended: 4, safe: 1, risky: 1, schedule: 100, status: 'SCANNED', remainingSeconds: 0 },
    ],
  ])('%s', (_, places, expected) => {
    expect(taskProgress(places, 60)).toMatchObject(expected);
  });

  it('is at 100 exactly when everything has ended', () => {
    const anyPlace = fc.record({
      state: fc.constantFrom(...scanStates),
      progress: fc.integer({ min: 0, max: 100 }),
      risky: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyPlace, { minLength: 1 }), fc.nat(10_000), (places, elapsed) => {
        const progress = taskProgress(places, elapsed);
        const allEnded = places.every(({ state }) => hasEnded(state));
        expect(progress.schedule === 100).toBe(allEnded);
        expect(progress.status === 'SCANNED').toBe(allEnded);
        expect(progress.remainingSeconds > 0).toBe(!allEnded);
        expect(progress.safe + progress.risky).toBeLessThanOrEqual(progress.ended);
      }),
    );
  });
});
