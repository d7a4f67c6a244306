/** How many cores to license, from the hours that were observed: pure. Source: product rules, 3.1 and 3.2. */
import { fraction, type Fraction } from '../../catalog/index.ts';
import { add, compareMoney, fromMicroYuan, multiply, type Money } from '../../platform/money.ts';

/** An hour that was observed, and how many hours its day has. */
export interface ObservedHour {
  readonly counted: bigint;
  readonly hoursOfDay: bigint;
}

export interface LicenceFacts {
  readonly hours: readonly ObservedHour[];
  /** What the observed days are of a term. */
  readonly months: Fraction;
  /** Price of a licensed core and month, and of an elastic one and day, in units of 0.000001 yuan. */
  readonly licensedMicro: bigint;
  readonly elasticMicro: bigint;
  /** What is sold. */
  readonly minimum: bigint;
  readonly maximum: bigint;
  /** Cores beyond a licence that may be elastic: what counted has to fit both. */
  readonly cap: bigint;
}

/** What the observed days would have cost with a licence, exact. */
export interface LicenceCost {
  readonly cores: bigint;
  readonly prepaid: Money;
  readonly elastic: Money;
}

/**
 * The licence with which the observed days would have cost least while all cores that counted were protected; of equals
 * the smallest. One more core is worth its price as long as the hours in which it would have been elastic cost more.
 */
export function adviseLicence(facts: LicenceFacts): LicenceCost {
  const { hours, months, licensedMicro, elasticMicro, minimum, maximum, cap } = facts;
  const price = multiply(fromMicroYuan(licensedMicro), months.numerator, months.denominator);
  const falling = hours.toSorted((one, other) => (one.counted < other.counted ? 1 : -1));
  const peak = falling[0]?.counted ?? 0n;
  const least = within(peak - cap, minimum, maximum);
  let days = fraction(0n);
  let cores = least;
  for (const { counted, hoursOfDay } of falling) {
    // With a licence up to here, the hours so far have an elastic core each.
    days = add(days, fraction(1n, hoursOfDay));
    const elastic = multiply(fromMicroYuan(elasticMicro), days.numerator, days.denominator);
    if (compareMoney(elastic, price) <= 0) continue;
    cores = within(counted, least, maximum);
    break;
  }
  return licenceCost(facts, cores);
}

/** What the observed days would have cost with so many licensed cores. */
export function licenceCost({ hours, months, licensedMicro, elasticMicro }: LicenceFacts, cores: bigint): LicenceCost {
  const prepaid = multiply(fromMicroYuan(licensedMicro), cores * months.numerator, months.denominator);
  const byLength = Map.groupBy(hours, ({ hoursOfDay }) => hoursOfDay);
  const days = [...byLength].reduce((sum, [hoursOfDay, ofLength]) => {
    const beyond = ofLength.reduce((so, { counted }) => (counted > cores ? so + counted - cores : so), 0n);
    return add(sum, fraction(beyond, hoursOfDay));
  }, fraction(0n));
  return { cores, prepaid, elastic: multiply(fromMicroYuan(elasticMicro), days.numerator, days.denominator) };
}

function within(value: bigint, least: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}
