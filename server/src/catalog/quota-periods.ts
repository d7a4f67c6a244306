/** The periods in which a pack of image scans gives its quota. Source: product rules, 4. */
import { anchoredMonth } from './anniversary.ts';
import type { Fraction } from './price-line.ts';
import { share } from './share.ts';

export interface QuotaTerm {
  /** When the pack was bought, in the market's time zone: its anniversaries are counted from here. */
  anchor: Temporal.ZonedDateTime;
  /** From here on it counts: the anchor, or the old end when the pack was renewed. */
  from: Temporal.Instant;
  until: Temporal.Instant;
  scansPerMonth: bigint;
}

export interface QuotaPeriod {
  /** It counts in `[from, until)`; what is unused then lapses. */
  from: Temporal.Instant;
  until: Temporal.Instant;
  /** 1 for a whole month. */
  share: Fraction;
  /** Tenths of a scan; of a broken month its share, rounded down. */
  quotaTenths: bigint;
}

/** All periods of a term, oldest first, without gaps; the first and the last may be broken months. */
export function quotaPeriods(term: QuotaTerm): QuotaPeriod[] {
  const periods: QuotaPeriod[] = [];
  let from = term.from;
  while (Temporal.Instant.compare(from, term.until) < 0) {
    const period = periodFrom(term, from);
    periods.push(period);
    from = period.until;
  }
  return periods;
}

/** The period that `at` lies in; undefined outside the term. */
export function quotaPeriodAt(term: QuotaTerm, at: Temporal.Instant): QuotaPeriod | undefined {
  const inTerm = Temporal.Instant.compare(term.from, at) <= 0 && Temporal.Instant.compare(at, term.until) < 0;
  if (!inTerm) return undefined;
  const { start } = anchoredMonth(term.anchor, at);
  return periodFrom(term, Temporal.Instant.compare(start, term.from) > 0 ? start : term.from);
}

function periodFrom({ anchor, until, scansPerMonth }: QuotaTerm, from: Temporal.Instant): QuotaPeriod {
  const { end } = anchoredMonth(anchor, from);
  const to = Temporal.Instant.compare(end, until) < 0 ? end : until;
  const part = share(anchor, from, to);
  return { from, until: to, share: part, quotaTenths: (scansPerMonth * 10n * part.numerator) / part.denominator };
}
