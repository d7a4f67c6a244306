import { describe, expect, it } from 'vitest';
import { formatTenths, promisedTenths, scanCostTenths, wholeScansUsed } from './scan-cost.ts';

describe('the cost of a scan', () => {
  it.each([
    [{ hasResult: false }, 10],
    [{ hasResult: true }, 1],
  ])('of an image with %j is %i tenths', (image, tenths) => {
    expect(scanCostTenths(image)).toBe(tenths);
  });

  it('adds up as the rules say: image A scanned 100 times is 10.9', () => {
    const costs = Array.from({ length: 100 }, (_, index) => BigInt(scanCostTenths({ hasResult: index > 0 })));
    expect(formatTenths(costs.reduce((sum, cost) => sum + cost, 0n))).toBe('10.9');
  });
});

describe('what waiting scans will take', () => {
  it.each([
    [[], 0],
    [[{ hasResult: false, tasks: 0 }], 0],
    [[{ hasResult: false, tasks: 1 }], 10],
    [[{ hasResult: false, tasks: 3 }], 12],
    [[{ hasResult: true, tasks: 3 }], 3],
    [
      [
        { hasResult: false, tasks: 1 },
        { hasResult: true, tasks: 1 },
      ],
      11,
    ],
  ])('%j: %i tenths', (images, tenths) => {
    expect(promisedTenths(images)).toBe(tenths);
  });
});

describe('tenths on the wire', () => {
  it.each([
    [0n, '0', 0n],
    [1n, '0.1', 1n],
    [9n, '0.9', 1n],
    [10n, '1', 1n],
    [11n, '1.1', 2n],
    [109n, '10.9', 11n],
    [5000n, '500', 500n],
    [-11n, '-1.1', undefined],
  ])('%d is exactly %s and in whole scans %s', (tenths, exact, whole) => {
    expect(formatTenths(tenths)).toBe(exact);
    if (whole !== undefined) expect(wholeScansUsed(tenths)).toBe(whole);
  });
});
