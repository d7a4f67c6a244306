/** A bill opened to all that it was computed from: pure, from what it keeps. Source: product rules, 8. */
import type { PriceLine } from '../../catalog/index.ts';
import { add, fromCents, negate, toCents, type Money } from '../../platform/money.ts';
import type { Bill, LinePayment, UsageSample } from '../bill.ts';

/** What each source has paid of a line, in cents; `owed` is what was not covered when it was charged. */
export interface ExplainedPayment extends LinePayment {
  readonly owed: bigint;
}

export interface ExplainedLine {
  readonly line: PriceLine;
  /** The exact amount, rounded half up once. */
  readonly roundedCents: bigint;
  /** What rounding has added, exact; below zero where it took away. */
  readonly rounding: Money;
  /** Of a refund: what was worth something and does not come back: vouchers had paid it, or it came back before. */
  readonly withheldCents: bigint;
  readonly paid: ExplainedPayment;
  /** Of a refund: the bill that this corrects. */
  readonly corrects: string | undefined;
}

/** An hour that a charge covers; without a sample it was not measured and counts as 0. */
export interface ExplainedHour {
  readonly at: Temporal.Instant;
  readonly sample: UsageSample | undefined;
}

export interface BillExplanation {
  readonly bill: Bill;
  readonly lines: readonly ExplainedLine[];
  /** Of a charge: each hour of its day. */
  readonly hours: readonly ExplainedHour[];
}

/** `owedCents`: what of the bill became a debt when it was made. */
export function explainBill(bill: Bill, owedCents: bigint): BillExplanation {
  const payments = splitOwed(bill.payments, owedCents);
  const lines = bill.lines.map((line, index) => {
    const roundedCents = toCents(line.amount);
    return {
      line,
      roundedCents,
      rounding: add(fromCents(roundedCents), negate(line.amount)),
      withheldCents: roundedCents - line.cents,
      paid: payments[index] ?? { voucher: 0n, credit: 0n, cash: 0n, owed: 0n },
      corrects: bill.corrects?.[index],
    };
  });
  return { bill, lines, hours: bill.samples ? hoursOf(bill, bill.samples) : [] };
}

/** What is owed stands with the cash that will pay it; the sources pay the lines first to last, so it is the last of it. */
function splitOwed(payments: readonly LinePayment[], owedCents: bigint): ExplainedPayment[] {
  let left = owedCents;
  const fromLast = payments.toReversed().map((paid) => {
    const owed = left < paid.cash ? left : paid.cash;
    left -= owed;
    return { ...paid, cash: paid.cash - owed, owed };
  });
  return fromLast.toReversed();
}

function hoursOf({ from, until }: Bill, samples: readonly UsageSample[]): ExplainedHour[] {
  const byHour = new Map(samples.map((sample) => [Temporal.Instant.from(sample.at).epochMilliseconds, sample]));
  const hours: ExplainedHour[] = [];
  for (let at = from; Temporal.Instant.compare(at, until) < 0; at = at.add({ hours: 1 })) {
    hours.push({ at, sample: byHour.get(at.epochMilliseconds) });
  }
  return hours;
}
