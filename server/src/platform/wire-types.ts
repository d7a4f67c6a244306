/**
 * Types of fields on the wire, for the schemas of actions. Requests take what JSON brings and nothing else; responses take
 * what the service has (bigint, instants as text) and give what JSON can carry: integers as integral numbers, never null.
 */
import { z } from 'zod';

/** Signed integer of a response. Beyond 2^53 no JSON reader agrees on the value: that is an error of ours. */
export const wireInt64 = z.union([z.int(), z.bigint()]).transform(Number).pipe(z.int());

/** Unsigned integer of a response. */
export const wireUint64 = z.union([z.int(), z.bigint()]).transform(Number).pipe(z.int().min(0));

/** Floating point number of a response: percentages and scores, never money or quota. */
export const wireFloat = z.number();

export const wireString = z.string();
export const wireBool = z.boolean();

/** `YYYY-MM-DD HH:mm:ss` in the market's time zone; empty for a time that never was. */
export const wireTime = z.string().regex(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)?$/);

/** Signed integer of a request. */
export const int64Field = z.int();

/** Unsigned integer of a request. */
export const uint64Field = z.int().min(0);

/** Text of a request; the gateway refuses more than 65,535 characters anyway. */
export const stringField = z.string();

/** Writes an instant as {@link wireTime} has it. */
export function toWireTime(instant: Temporal.Instant | undefined | null, timeZone: string): string {
  if (!instant) return '';
  const local = instant.toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ');
}
