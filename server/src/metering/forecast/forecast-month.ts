/**
 * A forecast of a month's elastic charge: pure. An hour to come is expected to be like the same hour of the day in the
 * days that were observed last: their mean, at least their least and at most their most, under the licence of today.
 */
import { fraction, type Fraction } from '../../catalog/index.ts';
import { add, fromMicroYuan, multiply, toCents } from '../../platform/money.ts';
import { excessCores, sampledHours } from '../elastic/rules.ts';

/** How many days back the pattern of a day is taken from. */
export const patternDays = 7;

/** Cores that counted at an hour. */
export interface CountedHour {
  readonly hour: Temporal.Instant;
  readonly counted: bigint;
}

export interface ForecastFacts {
  readonly now: Temporal.Instant;
  readonly timeZone: string;
  /** What the days of the month that are over cost, charged or not, in cents. */
  readonly pastCents: bigint;
  /** Sum of the excess that was sampled today. */
  readonly coreHoursToday: bigint;
  /** Of the last days, today's among them. */
  readonly observed: readonly CountedHour[];
  /** What is in force now; undefined where nothing can be elastic. */
  readonly licence: { readonly licensed: bigint; readonly cap: bigint } | undefined;
  /** Nothing is elastic until a debt is paid: expected to stay so; only the most supposes that it is paid at once. */
  readonly suspended: boolean;
  /** From here on nothing is elastic, because the edition ends. */
  readonly until: Temporal.Instant | undefined;
  /** Price of a core and day, in units of 0.000001 yuan, by the catalogue that will be in force. */
  readonly priceOn: (day: Temporal.PlainDate) => bigint;
}

/** In cents. */
export interface Range {
  readonly low: bigint;
  readonly expected: bigint;
  readonly high: bigint;
}

export interface Forecast extends Range {
  /** Today and the days to come of the month. */
  readonly days: readonly (Range & { readonly date: Temporal.PlainDate })[];
}

export function forecastMonth(facts: ForecastFacts): Forecast {
  const today = facts.now.toZonedDateTimeISO(facts.timeZone).toPlainDate();
  const likely = patternOf(facts);
  const days = Array.from({ length: today.daysInMonth - today.day + 1 }, (_, index) => today.add({ days: index })).map(
    (date) => ({ date, ...forecastDay(facts, likely, date, date.equals(today) ? facts.coreHoursToday : 0n) }),
  );
  const total = (of: (day: Range) => bigint) => days.reduce((sum, day) => sum + of(day), facts.pastCents);
  return {
    low: total(({ low }) => low),
    expected: total(({ expected }) => expected),
    high: total(({ high }) => high),
    days,
  };
}

/** Each day is a line of a bill: it is rounded once. */
function forecastDay(
  { now, timeZone, until, priceOn }: ForecastFacts,
  likely: (hour: Temporal.Instant) => Likely,
  date: Temporal.PlainDate,
  coreHours: bigint,
): Range {
  const hours = sampledHours(date, timeZone);
  const toCome = hours
    .filter((hour) => Temporal.Instant.compare(hour, now) > 0)
    .filter((hour) => !until || Temporal.Instant.compare(hour, until) < 0)
    .map(likely);
  const cents = (of: (hour: Likely) => Fraction) => {
    const sum = toCome.reduce((so, hour) => add(so, of(hour)), fraction(coreHours));
    const price = fromMicroYuan(priceOn(date));
    return toCents(multiply(price, sum.numerator, sum.denominator * BigInt(hours.length)));
  };
  return { low: cents(({ least }) => least), expected: cents(({ mean }) => mean), high: cents(({ most }) => most) };
}

interface Likely {
  readonly least: Fraction;
  readonly mean: Fraction;
  readonly most: Fraction;
}

const nothing: Likely = { least: fraction(0n), mean: fraction(0n), most: fraction(0n) };

function patternOf({ observed, licence, suspended, timeZone }: ForecastFacts): (hour: Temporal.Instant) => Likely {
  if (!licence) return () => nothing;
  const hourOfDay = (hour: Temporal.Instant) => hour.toZonedDateTimeISO(timeZone).hour;
  const seen = (hours: readonly CountedHour[]) => {
    const likely = likelyOf(hours.map(({ counted }) => excessCores({ counted, ...licence })));
    return suspended ? { ...nothing, most: likely.most } : likely;
  };
  const byHour = new Map(
    Map.groupBy(observed, ({ hour }) => hourOfDay(hour))
      .entries()
      .map(([hour, hours]) => [hour, seen(hours)]),
  );
  // An hour of the day that was never observed is like all others.
  const anyHour = seen(observed);
  return (hour) => byHour.get(hourOfDay(hour)) ?? anyHour;
}

function likelyOf(excesses: readonly bigint[]): Likely {
  const [first, ...others] = excesses;
  if (first === undefined) return nothing;
  const least = others.reduce((best, cores) => (cores < best ? cores : best), first);
  const most = others.reduce((best, cores) => (cores > best ? cores : best), first);
  const sum = others.reduce((so, cores) => so + cores, first);
  return { least: fraction(least), mean: fraction(sum, BigInt(excesses.length)), most: fraction(most) };
}
