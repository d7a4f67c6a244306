/** Fields that several billing actions share. */
import { z } from 'zod';
import { formatYuan, fromCents, parseYuan, toCents } from '../../platform/money.ts';
import { marketTimeZone } from '../../platform/platform.ts';

/** Name of the product that `p_tcss` stands for. */
export const businessName = 'Container security';

/** Above what anybody pays at once; as micro-cents of a voucher still a number that every JSON reader has. */
const mostCents = 1_000_000_000n;

/** `YYYY-MM-DD HH:mm:ss` of the market, as an instant. */
export const timeField = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'must be a time such as 2026-03-01 00:00:00')
  .transform((text, context) => {
    try {
      return Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' })
        .toZonedDateTime(marketTimeZone)
        .toInstant();
    } catch {
      context.addIssue('must be a time that there is');
      return z.NEVER;
    }
  });

/** `YYYY-MM-DD` of the market: the first instant of that day. */
export const dayField = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2026-03-01')
  .transform((text, context) => {
    try {
      return Temporal.PlainDate.from(text, { overflow: 'reject' }).toZonedDateTime(marketTimeZone).toInstant();
    } catch {
      context.addIssue('must be a day that there is');
      return z.NEVER;
    }
  });

/** `YYYY-MM`. */
export const monthField = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-03');

/** An amount above zero in yuan, at most two decimals: `"10000.00"`; as cents. */
export const yuanField = z.string().transform((text, context) => {
  try {
    const cents = toCents(parseYuan(text));
    if (cents > 0n && cents <= mostCents) return cents;
  } catch {
    // told below
  }
  context.addIssue(`must be an amount in yuan such as 10000.00, above 0 and at most ${yuan(mostCents)}`);
  return z.NEVER;
});

/** Under one key something is done once. */
export const idempotencyKeyField = z
  .string()
  .regex(/^[\x20-\x7e]{1,64}$/, 'must have 1 to 64 ASCII characters')
  .optional();

/** Cents as yuan with two decimals, as bills have them. */
export function yuan(cents: bigint): string {
  return formatYuan(fromCents(cents));
}

/** A fraction as a decimal of at most `digits` digits, rounded half up, with no fewer than `least`. Never negative. */
export function decimal(numerator: bigint, denominator: bigint, digits = 8, least = 0): string {
  const scale = 10n ** BigInt(digits);
  const scaled = (2n * numerator * scale + denominator) / (2n * denominator);
  const text = scaled.toString().padStart(digits + 1, '0');
  const [whole, rest] = [text.slice(0, -digits), text.slice(-digits).replace(/0+$/, '').padEnd(least, '0')];
  return rest === '' ? whole : `${whole}.${rest}`;
}
