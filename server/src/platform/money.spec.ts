import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compareMoney,
  formatYuan,
  fromCents,
  fromMicroYuan,
  money,
  multiply,
  negate,
  noMoney,
  parseYuan,
  toCents,
} from './money.ts';

const amounts = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([numerator, denominator]) => money(numerator, denominator));

describe('money', () => {
  it.each([
    [money(1n, 200n), '0.01'],
    [money(-1n, 200n), '-0.01'],
    [money(1n, 201n), '0.00'],
    [money(149n, 10_000n), '0.01'],
    [money(15n, 1000n), '0.02'],
    [fromMicroYuan(30_000_000n), '30.00'],
    [multiply(fromMicroYuan(300_000n), 300n), '90.00'],
    [multiply(money(30n), 17n, 31n), '16.45'],
    [noMoney, '0.00'],
  ])('%o is shown as %s', (amount, text) => {
    expect(formatYuan(amount)).toBe(text);
  });

  it.each([['1'], ['0.5'], ['10000.00'], ['-3.07']])('reads %s back', (text) => {
    expect(compareMoney(parseYuan(text), parseYuan(formatYuan(parseYuan(text))))).toBe(0);
  });

  it.each([[''], ['1.234'], ['1e3'], ['.5'], ['1,000'], ['NaN'], [' 1'], ['9'.repeat(19)]])('refuses %j', (text) => {
    expect(() => parseYuan(text)).toThrow(RangeError);
  });

  it('refuses a denominator of 0', () => {
    expect(() => money(1n, 0n)).toThrow(RangeError);
  });

  it('adds and takes away exactly', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => compareMoney(add(add(a, b), negate(b)), a) === 0),
      { numRuns: 200 },
    );
  });

  it('rounds to within half a cent, symmetrically', () => {
    fc.assert(
      fc.property(amounts, (a) => {
        const error = add(a, negate(fromCents(toCents(a))));
        const half = money(1n, 200n);
        return (
          compareMoney(error, half) <= 0 && compareMoney(negate(half), error) <= 0 && toCents(negate(a)) === -toCents(a)
        );
      }),
      { numRuns: 200 },
    );
  });
});
