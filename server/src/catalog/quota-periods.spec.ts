import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compareMoney, noMoney } from '../platform/money.ts';
import { anniversary } from './anniversary.ts';
import { anchors, spans } from './fixtures/arbitraries.ts';
import { quotaPeriodAt, quotaPeriods } from './quota-periods.ts';
import { share } from './share.ts';

const shanghai = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai');
const text = (instant: Temporal.Instant) => instant.toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime().toString();

function term(anchor: string, until: string, scansPerMonth = 300n, from = anchor) {
  return {
    anchor: shanghai(anchor),
    from: shanghai(from).toInstant(),
    until: shanghai(until).toInstant(),
    scansPerMonth,
  };
}

describe('quota periods', () => {
  it('are those of the example in product rule 4', () => {
    const pack = term('2024-03-15T14:00:00', '2024-06-15T14:00:00');
    const periods = quotaPeriods(pack).map(({ from, until, quotaTenths }) => [text(from), text(until), quotaTenths]);
    expect(periods.slice(0, 2)).toEqual([
      ['2024-03-15T14:00:00', '2024-04-15T14:00:00', 3000n],
      ['2024-04-15T14:00:00', '2024-05-15T14:00:00', 3000n],
    ]);
    // Image A, 100 times: 10 tenths, then 99 times 1; what is left of the first period lapses with it.
    const used = 10n + 99n * 1n;
    const first = quotaPeriodAt(pack, shanghai('2024-04-15T13:59:59').toInstant());
    expect(first?.quotaTenths).toBe(3000n);
    expect([used, 3000n - used]).toEqual([109n, 2891n]);
    const second = quotaPeriodAt(pack, shanghai('2024-04-15T14:00:00').toInstant());
    expect(second).toMatchObject({ from: first?.until, quotaTenths: 3000n });
  });

  it.each([
    ['a whole term', '2026-01-31T00:00:00', '2026-04-30T00:00:00', 300n, [3000n, 3000n, 3000n]],
    ['19 of 28 days', '2026-01-10T00:00:00', '2026-03-01T00:00:00', 300n, [3000n, 2035n]],
    ['a day begun', '2026-01-10T12:00:00', '2026-02-10T12:00:01', 2000n, [20_000n, 714n]],
    ['one day of 30, of a large pack', '2026-04-10T12:00:00', '2026-04-11T12:00:00', 10_000n, [3333n]],
    ['one day of 29', '2028-02-10T12:00:00', '2028-02-11T12:00:00', 300n, [103n]],
    ['a last second', '2026-04-10T12:00:00', '2026-04-10T12:00:01', 300n, [100n]],
    ['nothing', '2026-04-10T12:00:00', '2026-04-10T12:00:00', 300n, []],
  ])('of %s give its share, rounded down to a tenth', (_name, anchor, until, scans, tenths) => {
    expect(quotaPeriods(term(anchor, until, scans)).map(({ quotaTenths }) => quotaTenths)).toEqual(tenths);
  });

  it('go on at the same anniversaries after a renewal from a broken month', () => {
    const renewed = term('2026-01-10T00:00:00', '2026-05-01T00:00:00', 300n, '2026-03-01T00:00:00');
    expect(quotaPeriods(renewed).map(({ from, quotaTenths }) => [text(from), quotaTenths])).toEqual([
      ['2026-03-01T00:00:00', 964n],
      ['2026-03-10T00:00:00', 3000n],
      ['2026-04-10T00:00:00', 2100n],
    ]);
  });

  it.each([
    ['before its start', '2026-01-09T23:59:59', undefined],
    ['at its start', '2026-01-10T00:00:00', '2026-01-10T00:00:00'],
    ['a second before a reset', '2026-02-09T23:59:59', '2026-01-10T00:00:00'],
    ['at a reset', '2026-02-10T00:00:00', '2026-02-10T00:00:00'],
    ['a second before its end', '2026-02-28T23:59:59', '2026-02-10T00:00:00'],
    ['at its end', '2026-03-01T00:00:00', undefined],
  ])('of a term: the one %s', (_name, at, from) => {
    const period = quotaPeriodAt(term('2026-01-10T00:00:00', '2026-03-01T00:00:00'), shanghai(at).toInstant());
    expect(period && text(period.from)).toBe(from);
  });

  const terms = fc.tuple(anchors, spans, spans, fc.bigInt({ min: 1n, max: 10_000n })).map(([anchor, a, b, scans]) => {
    const [from = 0, until = 0] = [a, b].sort((x, y) => x - y);
    const start = anchor.toInstant();
    return { anchor, from: start.add({ seconds: from }), until: start.add({ seconds: until }), scansPerMonth: scans };
  });

  it('cover the term without a gap, end at anniversaries, and together give the share that is paid', () => {
    fc.assert(
      fc.property(terms, (pack) => {
        const periods = quotaPeriods(pack);
        let at = pack.from;
        for (const period of periods) {
          expect(period.from.equals(at)).toBe(true);
          expect(quotaPeriodAt(pack, period.from)).toEqual(period);
          expect(quotaPeriodAt(pack, period.until.subtract({ seconds: 1 }))).toEqual(period);
          const exact = pack.scansPerMonth * 10n * period.share.numerator;
          const given = period.quotaTenths * period.share.denominator;
          expect(given <= exact && exact < given + period.share.denominator).toBe(true);
          at = period.until;
        }
        if (periods.length > 0) expect(at.equals(pack.until)).toBe(true);
        for (const { until } of periods.slice(0, -1)) {
          expect(Array.from({ length: 63 }, (_, k) => anniversary(pack.anchor, k)).some((a) => a.equals(until))).toBe(
            true,
          );
        }
        const paid = periods.reduce((sum, period) => add(sum, period.share), noMoney);
        expect(compareMoney(paid, share(pack.anchor, pack.from, pack.until))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
