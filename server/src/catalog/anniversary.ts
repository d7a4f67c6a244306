/**
 * Months as the market counts them: from an anchor, by its day of month and time of day. A month without that day uses
 * its last day; the anchor's day is kept for the months after it. Source: product rules, 4 and 8.
 */

/** A month of an anchor: anniversary `index` to anniversary `index + 1`. */
export interface AnchoredMonth {
  index: number;
  start: Temporal.Instant;
  end: Temporal.Instant;
  /** 28 to 31, whatever the clocks of the zone do meanwhile. */
  days: number;
}

/** The instant `months` after the anchor, in the anchor's time zone. */
export function anniversary(anchor: Temporal.ZonedDateTime, months: number): Temporal.Instant {
  return anchor.add({ months }).toInstant();
}

/** The month in which `at` lies, of `[start, end)`. Throws RangeError before the anchor. */
export function anchoredMonth(anchor: Temporal.ZonedDateTime, at: Temporal.Instant): AnchoredMonth {
  if (Temporal.Instant.compare(at, anchor.toInstant()) < 0)
    throw new RangeError('months are counted from the anchor on');
  const local = at.toZonedDateTimeISO(anchor.timeZoneId);
  // The anniversary of this calendar month is this one or, when it is still to come, the next.
  const inThisMonth = (local.year - anchor.year) * 12 + local.month - anchor.month;
  const index = Temporal.Instant.compare(anniversary(anchor, inThisMonth), at) <= 0 ? inThisMonth : inThisMonth - 1;
  const [start, end] = [anchor.add({ months: index }), anchor.add({ months: index + 1 })];
  return { index, start: start.toInstant(), end: end.toInstant(), days: daysBetween(start, end) };
}

/** Days of this month that have ended by `at`, which lies in it. A day starts at the anchor's time of day. */
export function endedDays(anchor: Temporal.ZonedDateTime, month: AnchoredMonth, at: Temporal.Instant): number {
  const start = month.start.toZonedDateTimeISO(anchor.timeZoneId);
  const calendarDays = daysBetween(start, at.toZonedDateTimeISO(anchor.timeZoneId));
  return Temporal.Instant.compare(dayStart(anchor, month, calendarDays), at) <= 0 ? calendarDays : calendarDays - 1;
}

/** Days of this month that have started before `at`, which lies in it: the day that starts at `at` has not. */
export function startedDays(anchor: Temporal.ZonedDateTime, month: AnchoredMonth, at: Temporal.Instant): number {
  const ended = endedDays(anchor, month, at);
  return Temporal.Instant.compare(dayStart(anchor, month, ended), at) < 0 ? ended + 1 : ended;
}

function dayStart(anchor: Temporal.ZonedDateTime, month: AnchoredMonth, days: number): Temporal.Instant {
  // Where clocks are set back, an anchor may be the second of two equal local times; only its own instant says so.
  if (days === 0) return month.start;
  const { timeZoneId: timeZone } = anchor;
  const date = month.start.toZonedDateTimeISO(timeZone).toPlainDate().add({ days });
  return date.toZonedDateTime({ timeZone, plainTime: anchor.toPlainTime() }).toInstant();
}

function daysBetween(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime): number {
  return from.toPlainDate().until(to.toPlainDate(), { largestUnit: 'days' }).days;
}
