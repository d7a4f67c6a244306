import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction } from '../../catalog/index.ts';
import { add, compareMoney, formatYuan, type Money } from '../../platform/money.ts';
import { adviseLicence, licenceCost, type LicenceFacts, type ObservedHour } from './licence-advice.ts';

const facts: LicenceFacts = {
  hours: [],
  months: fraction(1n),
  licensedMicro: 30_000_000n,
  elasticMicro: 1_000_000n,
  minimum: 1n,
  maximum: 1_000_000n,
  cap: 5_000n,
};
const hours = (...parts: [count: number, counted: bigint][]): ObservedHour[] =>
  parts.flatMap(([count, counted]) => Array.from({ length: count }, () => ({ counted, hoursOfDay: 24n })));
const total = ({ prepaid, elastic }: { prepaid: Money; elastic: Money }) => add(prepaid, elastic);

describe('the advised licence', () => {
  it.each<[string, Partial<LicenceFacts>, cores: bigint, cost: string]>([
    ['is the least that is sold where nothing counted', {}, 1n, '30.00'],
    ['is what always counted in a month of 31 days', { hours: hours([744, 150n]) }, 150n, '4500.00'],
    // 30 days of an elastic core cost what a month of a licensed one does: nothing speaks for the longer commitment.
    ['is the smaller one of two that cost the same', { hours: hours([720, 150n]) }, 1n, '4500.00'],
    ['leaves short peaks elastic', { hours: hours([700, 100n], [44, 400n]) }, 100n, '3550.00'],
    ['licenses what counts nearly always', { hours: hours([20, 10n], [724, 100n]) }, 100n, '3000.00'],
    ['leaves what counts in fewer hours elastic', { hours: hours([30, 10n], [714, 100n]) }, 10n, '2977.50'],
    ['covers what the cap does not', { hours: hours([1, 6_000n]) }, 1_000n, '30208.33'],
    [
      'is at most what is sold',
      { hours: hours([744, 3_000_000n]), cap: 3_000_000n, maximum: 2_000_000n },
      2_000_000n,
      '91000000.00',
    ],
  ])('%s', (_, more, cores, cost) => {
    const advised = adviseLicence({ ...facts, ...more });
    expect([advised.cores, formatYuan(total(advised))]).toEqual([cores, cost]);
  });

  it('costs no more than any other, and protects all that counted', () => {
    const hour = fc.record({
      counted: fc.bigInt({ min: 0n, max: 60n }),
      hoursOfDay: fc.constantFrom(23n, 24n, 25n),
    });
    fc.assert(
      fc.property(
        fc.array(hour, { maxLength: 60 }),
        fc.tuple(fc.bigInt({ min: 0n, max: 90n }), fc.bigInt({ min: 1n, max: 31n })),
        fc.bigInt({ min: 0n, max: 40n }),
        fc.bigInt({ min: 0n, max: 5n }),
        (observed, [days, ofMonth], licensed, cap) => {
          const some = {
            ...facts,
            hours: observed,
            months: fraction(days, ofMonth * 10n),
            licensedMicro: licensed * 1_000_000n,
            maximum: 70n,
            cap,
          };
          const advised = adviseLicence(some);
          const peak = observed.reduce((most, { counted }) => (counted > most ? counted : most), 0n);
          const protects = (cores: bigint) => cores + cap >= peak;
          expect(protects(advised.cores)).toBe(true);
          for (let cores = 1n; cores <= 70n; cores += 1n) {
            if (!protects(cores)) continue;
            const order = compareMoney(total(advised), total(licenceCost(some, cores)));
            expect(order).not.toBe(1);
            if (cores < advised.cores) expect(order).toBe(-1);
          }
        },
      ),
    );
  });
});
