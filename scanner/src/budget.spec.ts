import { describe, expect, it } from 'vitest';
import { Budget, ratioFloorBytes } from './budget.ts';

describe('a budget', () => {
  it('is one for all layers of a scan', () => {
    const budget = new Budget({ bytes: 1000, entries: 10, indexBytes: 100, timeMs: 60_000 });
    budget.take({ bytes: 900, entries: 4, indexBytes: 30 });
    expect(budget.left()).toMatchObject({ bytes: 100, entries: 6, indexBytes: 70 });
    expect(budget.left().timeMs).toBeLessThanOrEqual(60_000);
    budget.take({ bytes: 900, entries: 40, indexBytes: 90 });
    expect(budget.left()).toMatchObject({ bytes: 0, entries: 0, indexBytes: 0 });
  });

  it('lets its limit be reached, not passed', () => {
    const budget = new Budget({ bytes: 10, entries: 1, indexBytes: 5 });
    budget.takeBytes(10);
    budget.takeEntry();
    budget.takeIndexBytes(5);
    expect(() => budget.takeBytes(1)).toThrow('more than 10 bytes');
    expect(() => budget.takeEntry()).toThrow('more than 1 entries');
    expect(() => budget.takeIndexBytes(1)).toThrow('more to tell than 5 bytes');
  });

  it.each([
    [1, ratioFloorBytes, false],
    [1, ratioFloorBytes + 1, true],
    [ratioFloorBytes, ratioFloorBytes * 200, false],
    [ratioFloorBytes, ratioFloorBytes * 200 + 1, true],
  ])('%i stored bytes may not unpack to %i: %s', (stored, unpacked, refused) => {
    const check = () => new Budget().checkRatio(stored, unpacked);
    if (refused) expect(check).toThrow('200 times');
    else expect(check).not.toThrow();
  });
});
