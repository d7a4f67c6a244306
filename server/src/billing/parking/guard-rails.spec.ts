import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beyondBounds, type DueCharge, type GuardRails } from './guard-rails.ts';

const rails: GuardRails = { mostYuanADay: 1_000, mostPriceFactor: 5 };
const charge: DueCharge = {
  what: 'elastic cores of 2026-03-01',
  cents: 100n,
  sameDayCents: 0n,
  unitPriceMicro: 1_000_000n,
  lastUnitPriceMicro: 1_000_000n,
};

describe('guard rails', () => {
  it.each<[string, Partial<DueCharge>, RegExp | undefined]>([
    ['the bound exactly', { cents: 100_000n }, undefined],
    ['a cent more', { cents: 100_001n }, /the charges of a day would be 1000.01 yuan, more than 1000$/],
    ['a cent more together', { cents: 1n, sameDayCents: 100_000n }, /1000.01 yuan/],
    ['five times the price', { unitPriceMicro: 5_000_000n }, undefined],
    ['a trifle above', { unitPriceMicro: 5_000_001n }, /from 1.00 to 5.000001 yuan, by more than a factor of 5$/],
    ['a fifth of the price', { unitPriceMicro: 200_000n }, undefined],
    ['a trifle below', { unitPriceMicro: 199_999n }, /from 1.00 to 0.199999 yuan/],
    ['a price after none', { lastUnitPriceMicro: 0n }, /from 0.00 to 1.00 yuan/],
    ['none after a price', { unitPriceMicro: 0n }, /from 1.00 to 0.00 yuan/],
    ['none after none', { unitPriceMicro: 0n, lastUnitPriceMicro: 0n }, undefined],
    ['the first price', { unitPriceMicro: 900_000_000n, lastUnitPriceMicro: undefined }, undefined],
  ])('%s', (_, more, reason) => {
    const found = beyondBounds({ ...charge, ...more }, rails);
    if (reason) expect(found).toMatch(reason);
    else expect(found).toBeUndefined();
  });

  it('hold the same in both directions, and for a charge only as for all of a day', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(amount, amount, amount, amount, fc.integer({ min: 2, max: 1_000 }), (one, two, a, b, factor) => {
        const bounds = { mostYuanADay: 10_000, mostPriceFactor: factor };
        const reached = (more: Partial<DueCharge>) =>
          beyondBounds({ ...charge, cents: 0n, ...more }, bounds) !== undefined;
        expect(reached({ unitPriceMicro: one, lastUnitPriceMicro: two })).toBe(
          reached({ unitPriceMicro: two, lastUnitPriceMicro: one }),
        );
        expect(reached({ cents: a, sameDayCents: b })).toBe(a + b > 1_000_000n);
      }),
    );
  });
});
