import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compareMoney, type Money } from '../platform/money.ts';
import { anniversary } from './anniversary.ts';
import { anchors, spans } from './fixtures/arbitraries.ts';
import { fraction } from './price-line.ts';
import { share } from './share.ts';

const local = (text: string, zone = 'Asia/Shanghai') => Temporal.PlainDateTime.from(text).toZonedDateTime(zone);
const shown = ({ numerator, denominator }: Money) =>
  denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;

describe('the share of a term', () => {
  it.each([
    ['whole months', '2026-03-15T14:00:00', '2026-03-15T14:00:00', '2026-06-15T14:00:00', '3'],
    ['a whole month that ends on a last day', '2026-01-31T00:00:00', '2026-01-31T00:00:00', '2026-02-28T00:00:00', '1'],
    ['a year with its leap day', '2028-02-29T00:00:00', '2028-02-29T00:00:00', '2029-02-28T00:00:00', '12'],
    ['nothing', '2026-03-15T14:00:00', '2026-03-20T09:00:00', '2026-03-20T09:00:00', '0'],
    ['a first second', '2026-03-15T14:00:00', '2026-03-15T14:00:00', '2026-03-15T14:00:01', '1/31'],
    ['a whole day', '2026-03-15T14:00:00', '2026-03-15T14:00:00', '2026-03-16T14:00:00', '1/31'],
    ['a day and a second', '2026-03-15T14:00:00', '2026-03-15T14:00:00', '2026-03-16T14:00:01', '2/31'],
    ['a month but a second', '2026-03-15T14:00:00', '2026-03-15T14:00:00', '2026-04-15T13:59:59', '1'],
    ['days of a month of 28', '2026-02-01T00:00:00', '2026-02-01T00:00:00', '2026-02-08T00:00:00', '1/4'],
    ['days of a month of 29', '2028-02-01T00:00:00', '2028-02-01T00:00:00', '2028-02-08T00:00:00', '7/29'],
    ['days of a month of 30', '2026-04-01T00:00:00', '2026-04-01T00:00:00', '2026-04-07T00:00:00', '1/5'],
    ['over the end of a year', '2026-12-20T00:00:00', '2026-12-20T00:00:00', '2027-01-25T00:00:00', '36/31'],
    // What remains of a term, for more cores and for refunds: the day that is begun counts.
    ['the rest of a month', '2026-03-15T14:00:00', '2026-04-01T09:00:00', '2026-04-15T14:00:00', '15/31'],
    ['the rest from a day boundary', '2026-03-15T14:00:00', '2026-04-01T14:00:00', '2026-04-15T14:00:00', '14/31'],
    ['the last second', '2026-03-15T14:00:00', '2026-04-15T13:59:59', '2026-04-15T14:00:00', '1/31'],
    ['the rest and a month', '2026-03-15T14:00:00', '2026-04-01T09:00:00', '2026-05-15T14:00:00', '46/31'],
    ['broken at both ends', '2026-01-01T00:00:00', '2026-01-22T00:00:00', '2026-03-16T00:00:00', '56/31'],
    ['days inside one month', '2026-01-01T00:00:00', '2026-01-10T00:00:00', '2026-01-20T00:00:00', '10/31'],
    ['an hour over two days', '2026-01-01T12:00:00', '2026-01-10T11:30:00', '2026-01-10T12:30:00', '2/31'],
  ])('is exact for %s', (_name, anchor, from, to, expected) => {
    expect(shown(share(local(anchor), local(from).toInstant(), local(to).toInstant()))).toBe(expected);
  });

  it.each([
    ['a day of 23 hours', '2026-03-15T00:00:00', '2026-03-29T00:00:00', '2026-03-30T00:00:00', '1/31'],
    ['a day of 25 hours', '2026-10-15T00:00:00', '2026-10-25T00:00:00', '2026-10-26T00:00:00', '1/31'],
    ['months with both', '2026-01-15T00:00:00', '2026-01-15T00:00:00', '2026-11-15T00:00:00', '10'],
    [
      'a term from a time that a later month lacks',
      '2027-02-28T02:30:00',
      '2027-02-28T02:30:00',
      '2027-03-28T03:30:00',
      '1',
    ],
  ])('counts calendar days: %s', (_name, anchor, from, to, expected) => {
    const berlin = (text: string) => local(text, 'Europe/Berlin');
    expect(shown(share(berlin(anchor), berlin(from).toInstant(), berlin(to).toInstant()))).toBe(expected);
  });

  it('refuses to run backwards or to begin before its anchor', () => {
    const anchor = local('2026-03-15T14:00:00');
    const [before, at, after] = [-1, 0, 1].map((days) => anchor.add({ days }).toInstant()) as [
      Temporal.Instant,
      Temporal.Instant,
      Temporal.Instant,
    ];
    expect(() => share(anchor, after, at)).toThrow(RangeError);
    expect(() => share(anchor, before, at)).toThrow(RangeError);
  });

  const stretches = fc.tuple(anchors, spans, spans).map(([anchor, a, b]) => {
    const [from, to] = [a, b].sort((x, y) => x - y).map((seconds) => anchor.toInstant().add({ seconds }));
    return { anchor, from: from as Temporal.Instant, to: to as Temporal.Instant };
  });

  it('is a whole number between anniversaries', () => {
    const months = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(anchors, months, months, (anchor, start, length) => {
        const part = share(anchor, anniversary(anchor, start), anniversary(anchor, start + length));
        expect(shown(part)).toBe(String(length));
      }),
    );
  });

  it('is what counting on fingers gives', () => {
    const inShanghai = anchors.map((anchor) => anchor.withTimeZone('Asia/Shanghai'));
    fc.assert(
      fc.property(inShanghai, spans, (anchor, seconds) => {
        const to = anchor.add({ seconds });
        let months = 0;
        while (Temporal.ZonedDateTime.compare(anchor.add({ months: months + 1 }), to) <= 0) months++;
        const [start, end] = [anchor.add({ months }), anchor.add({ months: months + 1 })];
        let days = 0;
        while (start.epochMilliseconds + days * 86_400_000 < to.epochMilliseconds) days++;
        const daysOfMonth = (end.epochMilliseconds - start.epochMilliseconds) / 86_400_000;
        const expected = fraction(BigInt(months * daysOfMonth + days), BigInt(daysOfMonth));
        expect(share(anchor, anchor.toInstant(), to.toInstant())).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('is additive over anniversaries', () => {
    fc.assert(
      fc.property(stretches, fc.integer({ min: 0, max: 60 }), ({ anchor, from, to }, months) => {
        const middle = anniversary(anchor, months);
        fc.pre(Temporal.Instant.compare(from, middle) <= 0 && Temporal.Instant.compare(middle, to) <= 0);
        const parts = add(share(anchor, from, middle), share(anchor, middle, to));
        expect(shown(parts)).toBe(shown(share(anchor, from, to)));
      }),
      { numRuns: 300 },
    );
  });

  it('is never negative, and never above the months that it touches', () => {
    fc.assert(
      fc.property(stretches, ({ anchor, from, to }) => {
        const part = share(anchor, from, to);
        let touched = 0n;
        for (let index = 0; Temporal.Instant.compare(anniversary(anchor, index), to) < 0; index++) {
          if (Temporal.Instant.compare(anniversary(anchor, index + 1), from) > 0) touched++;
        }
        expect(part.numerator >= 0n).toBe(true);
        expect(part.numerator <= touched * part.denominator).toBe(true);
      }),
    );
  });

  it('does not shrink when the stretch grows, so that a refund is never above its price', () => {
    fc.assert(
      fc.property(stretches, spans, ({ anchor, from, to }, seconds) => {
        const whole = share(anchor, from, to);
        expect(compareMoney(whole, share(anchor, from, to.add({ seconds })))).not.toBe(1);
        const later = Temporal.Instant.compare(from.add({ seconds }), to) < 0 ? from.add({ seconds }) : to;
        expect(compareMoney(share(anchor, later, to), whole)).not.toBe(1);
      }),
    );
  });
});
