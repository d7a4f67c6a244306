/**
 * Exact money. Amounts are fractions of whole numbers until they are rounded half up to 0.01 yuan, once per bill line
 * (product rules, 8). Nothing here is a float.
 */

/** An amount in yuan as `numerator / denominator`; the denominator is positive and the fraction is in lowest terms. */
export interface Money {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** One yuan has this many of the units that catalogue prices are kept in. */
export const microYuanPerYuan = 1_000_000n;

/** An amount from a fraction of yuan. Throws RangeError for a denominator of 0. */
export function money(numerator: bigint, denominator = 1n): Money {
  if (denominator === 0n) throw new RangeError('an amount cannot have the denominator 0');
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator) * sign;
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export const noMoney: Money = money(0n);

/** A catalogue price: units of 0.000001 yuan. */
export function fromMicroYuan(microYuan: bigint): Money {
  return money(microYuan, microYuanPerYuan);
}

/** Cents, as the ledger keeps them. */
export function fromCents(cents: bigint): Money {
  return money(cents, 100n);
}

/** Reads `"1234.50"`: an optional sign, digits, at most two decimals. Throws RangeError for anything else. */
export function parseYuan(text: string): Money {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is not an amount in yuan with at most two decimals`);
  const cents = BigInt(match[2] ?? '0') * 100n + BigInt((match[3] ?? '').padEnd(2, '0'));
  return fromCents(match[1] ? -cents : cents);
}

export function add(a: Money, b: Money): Money {
  return money(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function negate(a: Money): Money {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** Times a whole number, or a fraction such as the share of a term. */
export function multiply(a: Money, numerator: bigint, denominator = 1n): Money {
  return money(a.numerator * numerator, a.denominator * denominator);
}

/** -1, 0 or 1. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Rounded half up to cents: 0.005 is 0.01, and -0.005 is -0.01 (away from zero, so that a refund mirrors its charge). */
export function toCents(a: Money): bigint {
  const scaled = a.numerator * 100n;
  const magnitude = scaled < 0n ? -scaled : scaled;
  const rounded = (2n * magnitude + a.denominator) / (2n * a.denominator);
  return scaled < 0n ? -rounded : rounded;
}

/** In yuan with two decimals, rounded half up: `"1234.50"`. */
export function formatYuan(a: Money): string {
  const cents = toCents(a);
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
