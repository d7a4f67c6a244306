/** Texts and instants in what the operator publishes. */
import { z } from 'zod';

/** One line for people: no control characters and no half characters, which no column of JSON takes. */
export const lineField = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text');

/** An instant in UTC, written in one way only, so that equal documents are equal texts. */
export const instantText = z.string().refine((text) => {
  try {
    return Temporal.Instant.from(text).toString() === text;
  } catch {
    return false;
  }
}, 'must be an instant such as 2026-03-01T00:00:00Z');

/** The first instant that years of five digits would follow. */
const lastInstant = Temporal.Instant.from('9999-12-30T00:00:00Z');

/** An instant of a request, in any offset; cut to seconds, as business time has them. */
export const instantField = z.string().transform((text, context) => {
  try {
    const instant = Temporal.Instant.from(text).round({ smallestUnit: 'second', roundingMode: 'floor' });
    if (instant.epochMilliseconds >= 0 && Temporal.Instant.compare(instant, lastInstant) <= 0) return instant;
  } catch {
    // told below
  }
  context.addIssue('must be an instant such as 2026-03-01T00:00:00+08:00, of the years 1970 to 9999');
  return z.NEVER;
});
