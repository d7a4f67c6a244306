import { marketTimeZone } from '../platform/platform.ts';

/** RFC 3339 with the market's offset, as the contract asks for times of image scans; empty for a time that never was. */
export function wireInstant(instant: Temporal.Instant | undefined | null): string {
  return instant ? instant.toString({ smallestUnit: 'second', timeZone: marketTimeZone }) : '';
}
