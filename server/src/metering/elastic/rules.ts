/** The rules of elastic cores: pure. Source: product rules, 3.2. */

/** What is sampled: the cores beyond the licence, up to the cap. */
export function excessCores({ counted, licensed, cap }: { counted: bigint; licensed: bigint; cap: bigint }): bigint {
  const beyond = counted > licensed ? counted - licensed : 0n;
  return beyond < cap ? beyond : cap;
}

/** The instants at which a market day is sampled: its full hours, 24 of them; 23 or 25 where clocks change. */
export function sampledHours(day: Temporal.PlainDate, timeZone: string): Temporal.Instant[] {
  const end = day.add({ days: 1 }).toZonedDateTime({ timeZone }).toInstant();
  const hours: Temporal.Instant[] = [];
  let hour = day.toZonedDateTime({ timeZone }).toInstant();
  while (Temporal.Instant.compare(hour, end) < 0) {
    hours.push(hour);
    hour = hour.add({ hours: 1 });
  }
  return hours;
}

/** The full hour at or before an instant, as the market counts hours. */
export function fullHourAt(instant: Temporal.Instant, timeZone: string): Temporal.Instant {
  const start = instant.toZonedDateTimeISO(timeZone).startOfDay().toInstant();
  return start.add({ hours: Math.floor(instant.since(start).total('hours')) });
}

/** The first full hour after an instant. */
export function nextFullHour(instant: Temporal.Instant, timeZone: string): Temporal.Instant {
  const next = fullHourAt(instant, timeZone).add({ hours: 1 });
  const nextDay = instant.toZonedDateTimeISO(timeZone).startOfDay().add({ days: 1 }).toInstant();
  // A day may end with a part of an hour; the next one begins to count anew.
  return Temporal.Instant.compare(next, nextDay) < 0 ? next : nextDay;
}

/** When a day is charged: at 02:00 of the day after. */
export function chargeInstant(day: Temporal.PlainDate, timeZone: string): Temporal.Instant {
  return day.add({ days: 1 }).toZonedDateTime({ timeZone, plainTime: '02:00' }).toInstant();
}

/** How long a debt may stand before nothing is elastic any more. */
export const debtPatience = { hours: 24 } as const;

/** How long people are told of a debt each day: as long as of an end that has come. */
export const arrearsNoticeTime = { hours: 6 * 24 } as const;
