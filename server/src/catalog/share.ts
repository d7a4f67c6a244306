/** How much of a monthly price a stretch of time costs: one function, for prices and refunds. Source: product rules, 8. */
import { anchoredMonth, endedDays, startedDays } from './anniversary.ts';
import { fraction, type Fraction } from './price-line.ts';

/**
 * Months in `[from, to)`, exact: whole months between anniversaries of the anchor, plus started days ÷ days of each month
 * that is broken at one end. Days start at the anchor's time of day, so a day that is begun counts whole. Throws
 * RangeError when `to` lies before `from` or `from` before the anchor.
 */
export function share(anchor: Temporal.ZonedDateTime, from: Temporal.Instant, to: Temporal.Instant): Fraction {
  const order = Temporal.Instant.compare(from, to);
  if (order > 0) throw new RangeError('a share cannot end before it begins');
  if (order === 0) return fraction(0n);
  const first = anchoredMonth(anchor, from);
  const last = anchoredMonth(anchor, to);
  // Whole months from the anchor until each end, and the days beyond them.
  const untilFrom = fraction(BigInt(endedDays(anchor, first, from)), BigInt(first.days));
  const untilTo = fraction(BigInt(startedDays(anchor, last, to)), BigInt(last.days));
  const months = BigInt(last.index - first.index);
  const numerator =
    months * untilTo.denominator * untilFrom.denominator +
    untilTo.numerator * untilFrom.denominator -
    untilFrom.numerator * untilTo.denominator;
  return fraction(numerator, untilTo.denominator * untilFrom.denominator);
}
