import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeInstant, excessCores, fullHourAt, nextFullHour, sampledHours } from './rules.ts';

const day = (text: string) => Temporal.PlainDate.from(text);
const at = (text: string) => Temporal.Instant.from(text);

describe('excess cores', () => {
  it.each([
    [0n, 100n, 5000n, 0n],
    [100n, 100n, 5000n, 0n],
    [101n, 100n, 5000n, 1n],
    [5100n, 100n, 5000n, 5000n],
    [5101n, 100n, 5000n, 5000n],
    [7n, 0n, 0n, 0n],
  ])('of %s counted with %s licensed and a cap of %s are %s', (counted, licensed, cap, excess) => {
    expect(excessCores({ counted, licensed, cap })).toBe(excess);
  });
});

describe('a market day', () => {
  it.each([
    ['2026-03-01', 'Asia/Shanghai', 24, '2026-02-28T16:00:00Z', '2026-03-01T15:00:00Z', '2026-03-01T18:00:00Z'],
    ['2026-03-29', 'Europe/Berlin', 23, '2026-03-28T23:00:00Z', '2026-03-29T21:00:00Z', '2026-03-30T00:00:00Z'],
    ['2026-10-25', 'Europe/Berlin', 25, '2026-10-24T22:00:00Z', '2026-10-25T22:00:00Z', '2026-10-26T01:00:00Z'],
    ['2026-03-28', 'Europe/Berlin', 24, '2026-03-27T23:00:00Z', '2026-03-28T22:00:00Z', '2026-03-29T01:00:00Z'],
    ['2026-03-01', 'Asia/Kolkata', 24, '2026-02-28T18:30:00Z', '2026-03-01T17:30:00Z', '2026-03-01T20:30:00Z'],
  ])('%s in %s has %i hours, and is charged at 02:00 after it', (date, zone, count, first, last, charged) => {
    const hours = sampledHours(day(date), zone);
    expect([hours.length, hours[0], hours.at(-1)]).toEqual([count, at(first), at(last)]);
    expect(chargeInstant(day(date), zone)).toEqual(at(charged));
  });

  it('is sampled at each of its hours when the next full hour follows the one before', () => {
    const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 800 }), (zone, days) => {
        const date = day('2026-01-01').add({ days });
        const hours = sampledHours(date, zone);
        const next = date.add({ days: 1 }).toZonedDateTime(zone).toInstant();
        for (const [index, hour] of hours.entries()) {
          expect(nextFullHour(hour, zone)).toEqual(hours[index + 1] ?? next);
          expect(nextFullHour(hour.add({ seconds: 59 }), zone)).toEqual(hours[index + 1] ?? next);
          expect(fullHourAt(hour.add({ minutes: 29 }), zone)).toEqual(hour);
        }
      }),
    );
  });
});
