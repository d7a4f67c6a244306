import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInCatalog, checkQuantity } from '../../catalog/index.ts';
import { formatYuan } from '../../platform/money.ts';
import { adviseLogCapacity, daysKept } from './log-advice.ts';
import { adviseScans } from './scan-advice.ts';

function isSold(product: 'image-scan' | 'log-analysis', quantity: bigint): boolean {
  try {
    checkQuantity(builtInCatalog, product, quantity);
    return true;
  } catch {
    return false;
  }
}

describe('advised scans', () => {
  it.each<[used: bigint[], scans: bigint, cost: string]>([
    [[], 0n, '0.00'],
    [[0n, 0n], 0n, '0.00'],
    [[1n], 300n, '90.00'],
    [[3_000n, 109n], 300n, '180.00'],
    [[3_001n, 109n, 0n], 600n, '540.00'],
    // The pack of 2,000 is less than 2,100, seven times 300.
    [[19_999n], 2_000n, '600.00'],
    [[20_001n], 2_100n, '630.00'],
    [[99_900n], 10_000n, '3000.00'],
  ])('for months with %s tenths are %s', (used, scans, cost) => {
    const advice = adviseScans(builtInCatalog, used);
    expect([advice.scansPerMonth, formatYuan(advice.cost)]).toEqual([scans, cost]);
  });

  it('suffice in every month, and nothing less that is sold does', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 150_000n }), { minLength: 1, maxLength: 6 }), (used) => {
        const { scansPerMonth } = adviseScans(builtInCatalog, used);
        const suffices = (scans: bigint) => used.every((tenths) => tenths <= scans * 10n);
        expect(suffices(scansPerMonth)).toBe(true);
        if (scansPerMonth > 0n) expect(isSold('image-scan', scansPerMonth)).toBe(true);
        for (let scans = 0n; scans < scansPerMonth; scans += 100n) {
          if (scans === 0n || isSold('image-scan', scans)) expect(suffices(scans)).toBe(false);
        }
      }),
    );
  });
});

describe('advised log capacity', () => {
  it.each([
    [0n, 100n, 0n],
    [1n, 100n, 20n],
    [1n, 1n, 10n],
    [10n, 100n, 180n],
    [100n, 100n, 1_760n],
  ])('for %s hosts with %s MB a day is %s GB', (hosts, megabytesPerHostAndDay, capacity) => {
    expect(adviseLogCapacity(builtInCatalog, { hosts, megabytesPerHostAndDay })).toBe(capacity);
  });

  it('keeps half a year, and nothing less that is sold does', () => {
    const facts = fc.record({
      hosts: fc.bigInt({ min: 1n, max: 500n }),
      megabytesPerHostAndDay: fc.bigInt({ min: 1n, max: 2_000n }),
    });
    fc.assert(
      fc.property(facts, (some) => {
        const capacity = adviseLogCapacity(builtInCatalog, some);
        expect(daysKept(capacity, some)).toBeGreaterThanOrEqual(180n);
        if (isSold('log-analysis', capacity - 10n)) expect(daysKept(capacity - 10n, some)).toBeLessThan(180n);
      }),
    );
  });
});
