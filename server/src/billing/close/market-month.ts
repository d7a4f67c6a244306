/** A month of the market, as what is summed at its close. */
import { marketTimeZone } from '../../platform/platform.ts';

export interface MarketMonth {
  /** `2026-10`. */
  readonly month: string;
  readonly from: Temporal.Instant;
  /** The first instant that is not in it. */
  readonly until: Temporal.Instant;
}

/** The month of this name; throws RangeError for one that there is not. */
export function marketMonth(month: string): MarketMonth {
  const named = Temporal.PlainYearMonth.from(month);
  const start = (each: Temporal.PlainYearMonth) =>
    each.toPlainDate({ day: 1 }).toZonedDateTime(marketTimeZone).toInstant();
  return { month, from: start(named), until: start(named.add({ months: 1 })) };
}
