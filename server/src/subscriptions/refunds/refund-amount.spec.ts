import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, priceLine, share } from '../../catalog/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { refundAll, refundRest, refundUnusedScans, splitBack, type PaidGrant } from './refund-amount.ts';
import { surplusCores, takeQuantity } from './surplus.ts';

const bought = Temporal.Instant.from('2024-03-15T06:00:00Z');

function grantOf(quantity: bigint, months: number, more: Partial<PaidGrant> = {}): PaidGrant {
  const anchor = bought.toZonedDateTimeISO(marketTimeZone);
  const until = anchor.add({ months }).toInstant();
  const line = priceLine({
    product: 'image-scan',
    description: 'scans',
    unitPriceMicro: 300_000n,
    quantity,
    share: share(anchor, bought, until),
    catalogVersion: 0n,
  });
  const paid = { voucher: 0n, credit: 0n, cash: line.cents };
  return {
    id: 1n,
    rowId: 1n,
    orderId: '1',
    quantity,
    anchor: bought,
    from: bought,
    until,
    line,
    paid,
    refundedCents: 0n,
    ...more,
  };
}

const whole = fc.bigInt({ min: 0n, max: 1_000_000n });
const payment = fc.record({ voucher: whole, credit: whole, cash: whole });

describe('what goes back', () => {
  it.each([
    ['at once: all', '2024-03-15T06:00:00Z', 0n, 27_000n],
    ['of the first month 289.1 of 300, and two months', '2024-03-20T06:00:00Z', 109n, 8_673n + 18_000n],
    ['the first month has lapsed', '2024-04-15T06:00:00Z', 0n, 18_000n],
    ['all of the last month is used', '2024-06-01T06:00:00Z', 3_000n, 0n],
    ['nothing after the end', '2024-06-15T06:00:00Z', 0n, 0n],
  ])('of scans: %s', (_, now, used, cents) => {
    expect(refundUnusedScans(grantOf(300n, 3), Temporal.Instant.from(now), used).worthCents).toBe(cents);
  });

  it.each([
    ['2024-03-15T06:00:00Z', 27_000n],
    ['2024-04-15T06:00:00Z', 18_000n],
    // The day that is begun is counted as in a price: 31 days, of which one has ended.
    ['2024-03-16T06:00:00Z', 26_710n],
    ['2024-06-15T06:00:00Z', 0n],
  ])('of a term at %s', (now, cents) => {
    expect(refundRest(grantOf(300n, 3), 300n, Temporal.Instant.from(now)).worthCents).toBe(cents);
  });

  it('is never more than was paid and is unused, less what went back', () => {
    const times = fc.integer({ min: 0, max: 200 * 24 });
    const property = fc.property(
      ...([fc.bigInt({ min: 1n, max: 5000n }), fc.integer({ min: 1, max: 6 }), times, whole, whole] as const),
      (quantity, months, hours, used, before) => {
        const fresh = grantOf(quantity, months);
        const grant = { ...fresh, refundedCents: before < fresh.line.cents ? before : fresh.line.cents };
        const now = bought.add({ hours });
        for (const part of [refundAll(grant), refundRest(grant, quantity, now), refundUnusedScans(grant, now, used)]) {
          expect(part.worthCents).toBeGreaterThanOrEqual(0n);
          expect(part.worthCents + grant.refundedCents).toBeLessThanOrEqual(grant.line.cents);
          expect(part.back.voucher + part.back.credit + part.back.cash).toBe(part.worthCents);
        }
        const unused = refundUnusedScans(grant, now, used);
        expect(unused.worthCents).toBeLessThanOrEqual(refundUnusedScans(grant, now, 0n).worthCents);
      },
    );
    fc.assert(property);
  });

  it('goes to each source as it paid, whatever the steps', () => {
    const property = fc.property(payment, fc.array(whole, { maxLength: 6 }), (paid, steps) => {
      const total = paid.voucher + paid.credit + paid.cash;
      let done = 0n;
      const sum = { voucher: 0n, credit: 0n, cash: 0n };
      for (const step of [...steps, total]) {
        const worth = step < total - done ? step : total - done;
        const back = splitBack(paid, done, worth);
        for (const source of ['voucher', 'credit', 'cash'] as const) {
          expect(back[source]).toBeGreaterThanOrEqual(0n);
          sum[source] += back[source];
          expect(sum[source]).toBeLessThanOrEqual(paid[source]);
        }
        done += worth;
      }
      expect(sum).toEqual(paid);
    });
    fc.assert(property);
  });

  it('of a promotion is what was paid, not the list price', () => {
    const grant = grantOf(300n, 3);
    const line = { ...grant.line, amount: { numerator: 135n, denominator: 1n }, cents: 13_500n };
    const cheap = { ...grant, line, paid: { voucher: 0n, credit: 0n, cash: 13_500n } };
    const part = refundRest(cheap, 300n, Temporal.Instant.from('2024-04-15T06:00:00Z'));
    expect([part.worthCents, part.share]).toEqual([9_000n, fraction(2n)]);
  });
});

describe('surplus cores', () => {
  const at = (hours: number) => bought.add({ hours });
  it.each([
    ['nothing was seen', [], undefined],
    ['never so many', [[0, 40n]], 0n],
    [
      'fell from the licence',
      [
        [0, 120n],
        [1, 30n],
      ],
      70n,
    ],
    [
      'fell from below it',
      [
        [0, 80n],
        [1, 30n],
      ],
      50n,
    ],
    [
      'came back',
      [
        [0, 120n],
        [1, 30n],
        [2, 100n],
      ],
      0n,
    ],
    [
      'what held at the start counts',
      [
        [-9, 100n],
        [5, 60n],
      ],
      40n,
    ],
    [
      'what fell before the start does not',
      [
        [-9, 100n],
        [-5, 60n],
        [5, 60n],
      ],
      0n,
    ],
  ] as const)('%s', (_, history, expected) => {
    const observations = history.map(([hours, cores]) => ({ at: at(hours), cores }));
    expect(surplusCores(observations, bought, 100n)).toBe(expected);
  });

  it('are taken from the newest grants first, and one stays', () => {
    const grants = [grantOf(100n, 3), grantOf(20n, 3, { id: 2n, rowId: 2n })];
    const take = (quantity: bigint) =>
      takeQuantity(grants, quantity, bought).map((cut) => [cut.grant.id, cut.quantity]);
    expect(take(30n)).toEqual([
      [2n, 20n],
      [1n, 10n],
    ]);
    expect(take(500n)).toEqual([
      [2n, 20n],
      [1n, 99n],
    ]);
  });

  it('are taken out of each moment once, also where what was bought later runs on after a renewal', () => {
    const first = grantOf(2n, 3);
    const renewal = grantOf(2n, 6, { id: 2n, rowId: 2n, from: first.until });
    const more = grantOf(1n, 6, { id: 3n, rowId: 3n });
    const take = (quantity: bigint) =>
      takeQuantity([first, renewal, more], quantity, bought).map((cut) => [cut.grant.id, cut.quantity]);
    expect(take(1n)).toEqual([[3n, 1n]]);
    expect(take(2n)).toEqual([
      [3n, 1n],
      [2n, 1n],
      [1n, 1n],
    ]);
  });
});
