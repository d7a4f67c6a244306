/** What goes back of something that was paid for, exact, with its explanation. Pure. Source: product rules, 7 and 8. */
import { quotaPeriods, share, type Fraction, type PriceLine } from '../../catalog/index.ts';
import { formatYuan, fromCents, money, multiply, toCents, type Money } from '../../platform/money.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import type { LinePayment } from '../../billing/index.ts';

/** A grant as it stands, with the line of the order that paid for it. */
export interface PaidGrant {
  /** Of the grant that was paid for: what refunds left of it names it as well. */
  readonly id: bigint;
  /** Of what stands now. */
  readonly rowId: bigint;
  readonly orderId: string;
  readonly quantity: bigint;
  readonly anchor: Temporal.Instant;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly line: PriceLine;
  /** How the line was paid. */
  readonly paid: LinePayment;
  /** What went back of the line before, vouchers included. */
  readonly refundedCents: bigint;
}

export interface RefundPart {
  readonly grant: PaidGrant;
  /** How much of the grant ends. */
  readonly quantity: bigint;
  /** List price of what goes back, and its price as it was paid, exact. */
  readonly original: Money;
  readonly amount: Money;
  /** Months of the quantity that go back. */
  readonly share: Fraction;
  /** The amount rounded half up once, at most what is left of the line. */
  readonly worthCents: bigint;
  /** Which sources had paid it. What vouchers had paid is lost. */
  readonly back: LinePayment;
  readonly explanation: string;
}

/** All of it, whatever was used. */
export function refundAll(grant: PaidGrant): RefundPart {
  const { line, paid, refundedCents } = grant;
  const worthCents = line.cents - refundedCents;
  return {
    grant,
    quantity: grant.quantity,
    share: line.share,
    original: line.original,
    amount: fromCents(worthCents),
    worthCents,
    back: splitBack(paid, refundedCents, worthCents),
    explanation: 'within the days in which no reason is needed: all of it',
  };
}

/** So many cores or gigabytes of the grant, for the rest of its term. */
export function refundRest(grant: PaidGrant, quantity: bigint, now: Temporal.Instant): RefundPart {
  const { anchor, from, until } = grant;
  const begins = later(from, now);
  const months = Temporal.Instant.compare(begins, until) < 0 ? share(zoned(anchor), begins, until) : noShare;
  return part(grant, quantity, months, `the rest of the term from ${begins.toString()} until ${until.toString()}`);
}

/**
 * A scan pack by its use: periods that have not begun are whole, of the one that runs what is unused of its quota, and
 * those that have ended are used.
 */
export function refundUnusedScans(grant: PaidGrant, now: Temporal.Instant, usedTenths: bigint): RefundPart {
  const { anchor, from, until, quantity } = grant;
  const periods = quotaPeriods({ anchor: zoned(anchor), from, until, scansPerMonth: quantity });
  let months = noShare;
  let explanation = 'no period is left';
  for (const period of periods) {
    if (Temporal.Instant.compare(period.until, now) <= 0) continue;
    if (Temporal.Instant.compare(period.from, now) > 0) {
      months = plus(months, period.share);
      continue;
    }
    const unused = usedTenths < period.quotaTenths ? period.quotaTenths - usedTenths : 0n;
    if (period.quotaTenths > 0n) months = plus(months, times(period.share, unused, period.quotaTenths));
    explanation = `${tenths(unused)} of ${tenths(period.quotaTenths)} scans unused until ${period.until.toString()}`;
  }
  const future = periods.filter((period) => Temporal.Instant.compare(period.from, now) > 0).length;
  return part(grant, quantity, months, `${explanation}, and ${future} periods that have not begun`);
}

/**
 * What each source gets back when `worth` more of a line goes back, after `before` has. Of any sequence of refunds no
 * source gets more than it paid, and of the whole line each gets exactly that.
 */
export function splitBack(paid: LinePayment, before: bigint, worth: bigint): LinePayment {
  const [earlier, all] = [upTo(paid, before), upTo(paid, before + worth)];
  return {
    voucher: all.voucher - earlier.voucher,
    credit: all.credit - earlier.credit,
    cash: all.cash - earlier.cash,
  };
}

/** Of the parts what goes into the wallet. */
export function moneyBack(parts: readonly RefundPart[]): { credit: bigint; cash: bigint } {
  return {
    credit: parts.reduce((sum, { back }) => sum + back.credit, 0n),
    cash: parts.reduce((sum, { back }) => sum + back.cash, 0n),
  };
}

/** A part as a line of the refund's order: its cents are what goes into the wallet. */
export function refundLine({
  grant,
  quantity,
  share: months,
  original,
  amount,
  back,
  explanation,
}: RefundPart): PriceLine {
  const lost = back.voucher > 0n ? `; ${formatYuan(fromCents(back.voucher))} yuan paid by vouchers are lost` : '';
  return {
    ...grant.line,
    description: `Refund of order ${grant.orderId}: ${explanation}${lost}`,
    quantity,
    share: months,
    original,
    amount,
    cents: back.credit + back.cash,
  };
}

const noShare: Fraction = { numerator: 0n, denominator: 1n };

function part(grant: PaidGrant, quantity: bigint, months: Fraction, explanation: string): RefundPart {
  const { line, paid, refundedCents } = grant;
  const portion = (whole: Money) =>
    line.quantity === 0n || line.share.numerator === 0n
      ? money(0n)
      : multiply(
          whole,
          quantity * months.numerator * line.share.denominator,
          line.quantity * months.denominator * line.share.numerator,
        );
  const amount = portion(line.amount);
  const left = line.cents - refundedCents;
  const rounded = toCents(amount);
  const worthCents = rounded < left ? rounded : left;
  const back = splitBack(paid, refundedCents, worthCents);
  return { grant, quantity, share: months, original: portion(line.original), amount, worthCents, back, explanation };
}

/** Of the first `worth` cents of a line what each source has paid; never falls as `worth` grows. */
function upTo({ voucher, credit, cash }: LinePayment, worth: bigint): LinePayment {
  const total = voucher + credit + cash;
  if (total === 0n) return { voucher: 0n, credit: 0n, cash: 0n };
  const ofMoney = (worth * (credit + cash)) / total;
  const ofCredit = credit + cash === 0n ? 0n : (ofMoney * credit) / (credit + cash);
  return { voucher: worth - ofMoney, credit: ofCredit, cash: ofMoney - ofCredit };
}

function plus(a: Fraction, b: Fraction): Fraction {
  return money(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

function times(a: Fraction, numerator: bigint, denominator: bigint): Fraction {
  return money(a.numerator * numerator, a.denominator * denominator);
}

function tenths(count: bigint): string {
  return `${count / 10n}.${count % 10n}`;
}

function zoned(instant: Temporal.Instant): Temporal.ZonedDateTime {
  return instant.toZonedDateTimeISO(marketTimeZone);
}

function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) >= 0 ? one : other;
}
