import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastMonth, type ForecastFacts } from './forecast-month.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

const facts: ForecastFacts = {
  now: at('2026-03-29T12:30:00'),
  timeZone: 'Asia/Shanghai',
  pastCents: 0n,
  coreHoursToday: 0n,
  observed: [],
  licence: { licensed: 100n, cap: 5_000n },
  suspended: false,
  until: undefined,
  priceOn: () => 1_000_000n,
};

/** The same count at each hour from one instant until another. */
function counted(from: string, until: string, cores: bigint): ForecastFacts['observed'] {
  const hours = at(until).since(at(from)).total('hours');
  return Array.from({ length: hours }, (_, index) => ({ hour: at(from).add({ hours: index }), counted: cores }));
}

describe('the forecast of a month', () => {
  it.each<[string, Partial<ForecastFacts>, [low: bigint, expected: bigint, high: bigint]]>([
    ['has nothing where nothing was observed', {}, [0n, 0n, 0n]],
    ['keeps what is over', { pastCents: 1_234n }, [1_234n, 1_234n, 1_234n]],
    [
      'goes on as it was, where it was always the same',
      { observed: counted('2026-03-28T13:00:00', '2026-03-29T13:00:00', 124n), coreHoursToday: 13n * 24n },
      // 24 cores on three days.
      [7_200n, 7_200n, 7_200n],
    ],
    [
      'lies between the least and the most, by the hour of the day',
      {
        now: at('2026-03-31T21:30:00'),
        observed: [
          ...counted('2026-03-29T22:00:00', '2026-03-29T23:00:00', 148n),
          ...counted('2026-03-30T22:00:00', '2026-03-30T23:00:00', 100n),
          ...counted('2026-03-30T23:00:00', '2026-03-31T00:00:00', 124n),
        ],
      },
      // At 22:00 none, 24 or 48 of 24 hours; at 23:00 always 24.
      [100n, 200n, 300n],
    ],
    [
      'takes an hour that was never observed like all others',
      { now: at('2026-03-31T22:30:00'), observed: counted('2026-03-31T22:00:00', '2026-03-31T23:00:00', 112n) },
      [50n, 50n, 50n],
    ],
    [
      'has what counts now under the licence of now',
      {
        now: at('2026-03-31T22:30:00'),
        observed: counted('2026-03-31T22:00:00', '2026-03-31T23:00:00', 9_000n),
        licence: { licensed: 200n, cap: 4_800n },
      },
      [20_000n, 20_000n, 20_000n],
    ],
    [
      'supposes a debt to stay, at most that it is paid',
      {
        now: at('2026-03-31T22:30:00'),
        observed: counted('2026-03-31T22:00:00', '2026-03-31T23:00:00', 124n),
        suspended: true,
      },
      [0n, 0n, 100n],
    ],
    [
      'ends with the edition',
      {
        now: at('2026-03-31T20:30:00'),
        observed: counted('2026-03-31T20:00:00', '2026-03-31T21:00:00', 124n),
        until: at('2026-03-31T22:00:00'),
      },
      [100n, 100n, 100n],
    ],
    [
      'is of what was sampled today alone without a licence',
      {
        licence: undefined,
        observed: counted('2026-03-28T13:00:00', '2026-03-29T13:00:00', 124n),
        coreHoursToday: 36n,
      },
      [150n, 150n, 150n],
    ],
    [
      'has the price of each day',
      {
        now: at('2026-03-29T23:30:00'),
        observed: counted('2026-03-29T23:00:00', '2026-03-30T00:00:00', 101n),
        priceOn: ({ day }) => (day === 31 ? 2_000_000n : 1_000_000n),
      },
      [300n, 300n, 300n],
    ],
  ])('%s', (_, more, [low, expected, high]) => {
    expect(forecastMonth({ ...facts, ...more })).toMatchObject({ low, expected, high });
  });

  it('never expects less than the least or more than the most', () => {
    const hour = fc.record({
      hour: fc.integer({ min: 1, max: 168 }).map((ago) => at('2026-03-29T13:00:00').subtract({ hours: ago })),
      counted: fc.bigInt({ min: 0n, max: 20_000n }),
    });
    fc.assert(
      fc.property(fc.array(hour), fc.bigInt({ min: 0n, max: 9_999n }), fc.boolean(), (observed, sampled, suspended) => {
        const { low, expected, high, days } = forecastMonth({ ...facts, observed, coreHoursToday: sampled, suspended });
        expect(low).toBeLessThanOrEqual(expected);
        expect(expected).toBeLessThanOrEqual(high);
        expect(days.map(({ date }) => date.day)).toEqual([29, 30, 31]);
        expect(days.reduce((sum, day) => sum + day.expected, 0n)).toBe(expected);
      }),
    );
  });
});
