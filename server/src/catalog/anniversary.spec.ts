import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchoredMonth, anniversary, endedDays, startedDays } from './anniversary.ts';
import { anchors, zones } from './fixtures/arbitraries.ts';

const shanghai = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai');
const text = (instant: Temporal.Instant, zone = 'Asia/Shanghai') =>
  instant.toZonedDateTimeISO(zone).toPlainDateTime().toString();

describe('an anniversary', () => {
  it.each([
    ['2024-03-15T14:00:00', 0, '2024-03-15T14:00:00'],
    ['2024-03-15T14:00:00', 1, '2024-04-15T14:00:00'],
    ['2024-03-15T14:00:00', 36, '2027-03-15T14:00:00'],
    // A month without the day uses its last one; the day is kept for the months after it.
    ['2026-01-31T08:30:15', 1, '2026-02-28T08:30:15'],
    ['2026-01-31T08:30:15', 2, '2026-03-31T08:30:15'],
    ['2026-01-31T08:30:15', 3, '2026-04-30T08:30:15'],
    ['2028-01-31T00:00:00', 1, '2028-02-29T00:00:00'],
    ['2028-01-30T00:00:00', 1, '2028-02-29T00:00:00'],
    ['2027-01-29T00:00:00', 1, '2027-02-28T00:00:00'],
    ['2027-01-29T00:00:00', 13, '2028-02-29T00:00:00'],
    ['2028-02-29T23:59:59', 12, '2029-02-28T23:59:59'],
    ['2028-02-29T23:59:59', 48, '2032-02-29T23:59:59'],
    ['2026-12-31T23:59:59', 2, '2027-02-28T23:59:59'],
    ['2026-11-30T00:00:00', 1, '2026-12-30T00:00:00'],
    ['2026-12-15T10:00:00', 1, '2027-01-15T10:00:00'],
  ])('of %s after %i months is %s', (anchor, months, expected) => {
    expect(text(anniversary(shanghai(anchor), months))).toBe(expected);
  });

  it.each([
    ['where an hour is left out', 'Europe/Berlin', '2026-02-28T02:30:00', 1, '2026-03-28T02:30:00'],
    ['on the day that has no such time', 'Europe/Berlin', '2026-02-28T02:30:00', 13, '2027-03-28T03:30:00'],
    ['after that day, at its own time again', 'Europe/Berlin', '2026-02-28T02:30:00', 14, '2027-04-28T02:30:00'],
    ['on the day that has this time twice', 'Europe/Berlin', '2026-09-25T02:30:00', 1, '2026-10-25T02:30:00'],
    ['where half an hour is added', 'Australia/Lord_Howe', '2026-09-04T02:15:00', 1, '2026-10-04T02:45:00'],
    ['where a whole day was left out', 'Pacific/Apia', '2011-11-30T12:00:00', 1, '2011-12-31T12:00:00'],
  ])('keeps the local time of day %s', (_name, zone, anchor, months, expected) => {
    const start = Temporal.PlainDateTime.from(anchor).toZonedDateTime(zone);
    expect(text(anniversary(start, months), zone)).toBe(expected);
  });

  it('comes strictly after the one before, and its month begins with it and ends with the next', () => {
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 60 }), (anchor, months) => {
        const [start, end] = [anniversary(anchor, months), anniversary(anchor, months + 1)];
        expect(Temporal.Instant.compare(start, end)).toBe(-1);
        expect(anchoredMonth(anchor, start)).toMatchObject({ index: months, start, end });
        expect(anchoredMonth(anchor, end.subtract({ seconds: 1 }))).toMatchObject({ index: months, start, end });
      }),
    );
  });
});

describe('the month of an anchor', () => {
  it.each([
    ['2026-02-10T14:00:00', 28],
    ['2028-02-10T14:00:00', 29],
    ['2026-04-10T14:00:00', 30],
    ['2026-12-10T14:00:00', 31],
  ])('that begins at %s has %i days', (anchor, days) => {
    const start = shanghai(anchor);
    expect(anchoredMonth(start, start.toInstant()).days).toBe(days);
  });

  it.each(zones)('has whole days in %s, whatever its clocks do', (zone) => {
    const anchor = Temporal.PlainDateTime.from('2026-01-15T01:30:00').toZonedDateTime(zone);
    const lengths = Array.from({ length: 12 }, (_, index) => anchoredMonth(anchor, anniversary(anchor, index)).days);
    expect(lengths).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  });

  it('does not reach back before its anchor', () => {
    const anchor = shanghai('2026-03-01T00:00:00');
    expect(() => anchoredMonth(anchor, anchor.toInstant().subtract({ seconds: 1 }))).toThrow(RangeError);
  });

  it.each([
    ['2026-03-15T14:00:00', 0, 0],
    ['2026-03-15T14:00:01', 0, 1],
    ['2026-03-16T13:59:59', 0, 1],
    ['2026-03-16T14:00:00', 1, 1],
    ['2026-03-16T14:00:01', 1, 2],
    ['2026-04-15T13:59:59', 30, 31],
  ])('from 2026-03-15 14:00 has at %s ended %i days and started %i', (at, ended, started) => {
    const anchor = shanghai('2026-03-15T14:00:00');
    const instant = shanghai(at).toInstant();
    const month = anchoredMonth(anchor, instant);
    expect([endedDays(anchor, month, instant), startedDays(anchor, month, instant)]).toEqual([ended, started]);
  });

  it.each([
    // 29 March 2026 has 23 hours there, 25 October has 25.
    ['2026-03-15T14:00:00', '2026-03-29T14:00:00+02:00', 14, 14],
    ['2026-03-15T14:00:00', '2026-03-29T13:59:59+02:00', 13, 14],
    ['2026-10-15T14:00:00', '2026-10-25T14:00:00+01:00', 10, 10],
    ['2026-10-15T14:00:00', '2026-10-25T13:59:59+01:00', 9, 10],
    ['2026-10-15T02:30:00', '2026-10-25T02:30:00+02:00', 10, 10],
    ['2026-10-15T02:30:00', '2026-10-25T02:30:00+01:00', 10, 11],
    // The month begins an hour late; its days at the anchor's own time.
    ['2027-02-28T02:30:00', '2027-03-29T02:30:00+02:00', 1, 1],
  ])('from %s has at %s in Berlin ended %i days and started %i', (from, at, ended, started) => {
    const anchor = Temporal.PlainDateTime.from(from).toZonedDateTime('Europe/Berlin');
    const instant = Temporal.Instant.from(at);
    const month = anchoredMonth(anchor, instant);
    expect([endedDays(anchor, month, instant), startedDays(anchor, month, instant)]).toEqual([ended, started]);
  });

  it('has nothing started at an anchor that is the second of two equal local times', () => {
    const anchor = Temporal.ZonedDateTime.from('2026-10-25T02:30:00+01:00[Europe/Berlin]');
    const at = anchor.toInstant();
    const month = anchoredMonth(anchor, at);
    expect([endedDays(anchor, month, at), startedDays(anchor, month, at)]).toEqual([0, 0]);
  });
});
