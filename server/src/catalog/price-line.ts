/** One line of a price: what an inquiry shows, an order keeps and a bill prints. Source: product rules, 8. */
import { z } from 'zod';
import { fromMicroYuan, money, multiply, toCents, type Money } from '../platform/money.ts';
import type { BilledProduct } from './product.ts';

/** An exact share in lowest terms; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A share from whole numbers, in lowest terms. Throws RangeError for a denominator of 0. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  return money(numerator, denominator);
}

/** A promotion as it worked on one line. */
export interface AppliedPromotion {
  readonly id: number;
  readonly name: string;
  /** Percent taken off the price that the promotions before it left. */
  readonly percentOff: number;
}

export interface PriceLine {
  readonly product: BilledProduct;
  /** For people: what is charged and for how long. */
  readonly description: string;
  /** List price of one unit (core, scan, gigabyte) for one month; for elastic cores for one day. Units of 0.000001 yuan. */
  readonly unitPriceMicro: bigint;
  /** Cores, scans a month, gigabytes; for elastic cores the sum of the day's hourly samples. */
  readonly quantity: bigint;
  /** Months that the quantity is charged for; for elastic cores one day divided by its hours. */
  readonly share: Fraction;
  /** List price: unit price × quantity × share, exact. Never negative. */
  readonly original: Money;
  /** What it costs after promotions, exact. Never negative, never above `original`. */
  readonly amount: Money;
  /** `amount` rounded half up, once. What is booked. */
  readonly cents: bigint;
  /** The version of the catalogue that priced it. */
  readonly catalogVersion: bigint;
  /** In the order in which they worked. */
  readonly promotions: readonly AppliedPromotion[];
}

/** What a line is computed from. */
export type PriceLineParts = Omit<PriceLine, 'original' | 'amount' | 'cents' | 'promotions'> & {
  readonly promotions?: readonly AppliedPromotion[];
};

/** Computes a line from its parts: exact amounts, rounded once. Throws RangeError for negative parts. */
export function priceLine(parts: PriceLineParts): PriceLine {
  const { unitPriceMicro, quantity, share, promotions = [] } = parts;
  if (unitPriceMicro < 0n || quantity < 0n || share.numerator < 0n || share.denominator <= 0n) {
    throw new RangeError('a price has no negative parts');
  }
  const original = multiply(multiply(fromMicroYuan(unitPriceMicro), quantity), share.numerator, share.denominator);
  const amount = afterPromotions(original, promotions);
  return { ...parts, promotions, original, amount, cents: toCents(amount) };
}

/** The price that promotions leave, exact: each takes its part of what the one before it left. */
export function afterPromotions(original: Money, promotions: readonly Pick<AppliedPromotion, 'percentOff'>[]): Money {
  return promotions.reduce((left, { percentOff }) => multiply(left, BigInt(100 - percentOff), 100n), original);
}

/** Sum of the lines: what is paid, in cents, and what it would be without promotions. */
export function totalCents(lines: readonly PriceLine[]): { original: bigint; real: bigint } {
  return {
    original: lines.reduce((sum, line) => sum + toCents(line.original), 0n),
    real: lines.reduce((sum, line) => sum + line.cents, 0n),
  };
}

const whole = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const fractionColumn = z.strictObject({ numerator: whole, denominator: whole });

const priceLineColumn = z.strictObject({
  product: z.enum(['professional', 'image-scan', 'log-analysis', 'elastic-cores']),
  description: z.string(),
  unitPriceMicro: whole,
  quantity: whole,
  share: fractionColumn,
  original: fractionColumn,
  amount: fractionColumn,
  cents: whole,
  catalogVersion: whole,
  promotions: z.array(z.strictObject({ id: z.int(), name: z.string(), percentOff: z.int() })),
});

/** Lines as a `jsonb` column keeps them: every part, whole numbers as text. Equal lines have equal bytes. */
export function writePriceLines(lines: readonly PriceLine[]): string {
  // Read once more, because that puts all keys into the schema's order.
  return toText(readPriceLines(JSON.parse(toText(lines))));
}

function toText(lines: readonly PriceLine[]): string {
  return JSON.stringify(lines, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Lines as {@link writePriceLines} kept them, as they were: nothing is computed again. */
export function readPriceLines(column: unknown): PriceLine[] {
  return z.array(priceLineColumn).parse(column);
}
