/**
 * Bills: what was charged for an order and how it was paid, as one text. Pure: made again from the same order and payment
 * it has the same bytes. Source: product rules, 8.
 */
import { z } from 'zod';
import { products, readPriceLines, writePriceLines, type BilledProduct, type PriceLine } from '../catalog/index.ts';
import { toCents } from '../platform/money.ts';
import { marketTimeZone } from '../platform/platform.ts';
import { dealActions, type Deal } from './deal.ts';
import { voucherPart, type PaymentPlan } from './payment-plan.ts';

/** What a bill can be for: an order, or a charge of what was used. */
export const billActions = [...dealActions, 'charge'] as const;
export type BillAction = (typeof billActions)[number];

/** What each source has paid of a line, in cents. What is owed of a charge stands with the cash that will pay it. */
export interface LinePayment {
  readonly voucher: bigint;
  readonly credit: bigint;
  readonly cash: bigint;
}

export interface Bill {
  readonly billId: string;
  readonly orderId: string;
  readonly owner: bigint;
  readonly operator: bigint;
  readonly action: BillAction;
  readonly product: BilledProduct;
  readonly instanceId: string;
  readonly regionCode: string;
  readonly zoneCode: string;
  readonly billedAt: Temporal.Instant;
  /** Of the market: `2026-03`. */
  readonly month: string;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly originalCents: bigint;
  readonly realCents: bigint;
  readonly vouchers: readonly { readonly id: string; readonly cents: bigint }[];
  readonly lines: readonly PriceLine[];
  /** Of each line, in their order. */
  readonly payments: readonly LinePayment[];
  /** What a charge was measured by. */
  readonly samples?: readonly UsageSample[] | undefined;
  /** Makes it a credit note: of each line the bill that it corrects. Its amounts are what goes back. */
  readonly corrects?: readonly string[] | undefined;
}

/** What goes back of one line of an earlier bill: the line as refunded, and which sources get it. */
export interface RefundedLine {
  readonly line: PriceLine;
  /** The order whose bill is corrected. */
  readonly orderId: string;
  readonly back: Pick<LinePayment, 'credit' | 'cash'>;
}

/** One measurement that went into a charge, with what it stands on, as it was. */
export interface UsageSample {
  readonly at: string;
  readonly quantity: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** What is charged of a use, beside its price. */
export interface UsageCharge {
  /** Says what it does once: `elastic-charge/<tenant>/<date>`. */
  readonly idempotencyKey: string;
  /** Stands in the place of an order's number. */
  readonly reference: string;
  readonly instanceId: string;
  readonly regionCode: string;
  readonly zoneCode: string;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly samples: readonly UsageSample[];
}

/** The bill of an order that was paid by this plan. */
export function makeBill(tenant: bigint, deal: Deal, plan: PaymentPlan): Bill {
  const { paidAt } = deal;
  if (!paidAt) throw new Error(`the order ${deal.orderId} has not been paid`);
  return {
    billId: billIdOf(deal.orderId),
    orderId: deal.orderId,
    owner: tenant,
    operator: deal.creator,
    action: deal.action,
    product: deal.product,
    instanceId: deal.instanceId,
    regionCode: deal.regionCode,
    zoneCode: deal.zoneCode,
    billedAt: paidAt,
    month: monthOf(paidAt),
    from: deal.service?.from ?? paidAt,
    until: deal.service?.until ?? paidAt,
    originalCents: deal.originalCents,
    realCents: deal.realCents,
    vouchers: plan.vouchers.map(({ id, cents }) => ({ id, cents })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    lines: deal.lines,
    payments: spreadPayment(
      deal.lines.map(({ cents }) => cents),
      { voucher: voucherPart(plan), credit: plan.credit, cash: plan.cash },
    ),
  };
}

/** The bill of a charge that was paid by this plan. */
export function makeUsageBill(
  tenant: bigint,
  line: PriceLine,
  charge: UsageCharge,
  plan: { credit: bigint; cash: bigint; owed: bigint },
  now: Temporal.Instant,
): Bill {
  return {
    billId: billIdOf(charge.reference),
    orderId: charge.reference,
    owner: tenant,
    operator: tenant,
    action: 'charge',
    product: line.product,
    instanceId: charge.instanceId,
    regionCode: charge.regionCode,
    zoneCode: charge.zoneCode,
    billedAt: now,
    month: monthOf(now),
    from: charge.from,
    until: charge.until,
    originalCents: toCents(line.original),
    realCents: line.cents,
    vouchers: [],
    lines: [line],
    payments: [{ voucher: 0n, credit: plan.credit, cash: plan.cash + plan.owed }],
    samples: charge.samples,
  };
}

/** The credit note of a refund: as a bill it has a number of its own, and it names the bills that it corrects. */
export function makeCreditNote(
  tenant: bigint,
  deal: Deal,
  lines: readonly RefundedLine[],
  now: Temporal.Instant,
): Bill {
  return {
    billId: billIdOf(deal.orderId),
    orderId: deal.orderId,
    owner: tenant,
    operator: deal.creator,
    action: 'refund',
    product: deal.product,
    instanceId: deal.instanceId,
    regionCode: deal.regionCode,
    zoneCode: deal.zoneCode,
    billedAt: now,
    month: monthOf(now),
    from: now,
    until: now,
    originalCents: lines.reduce((sum, { line }) => sum + toCents(line.original), 0n),
    realCents: lines.reduce((sum, { line }) => sum + line.cents, 0n),
    vouchers: [],
    payments: lines.map(({ back }) => ({ voucher: 0n, credit: back.credit, cash: back.cash })),
    corrects: lines.map(({ orderId }) => billIdOf(orderId)),
    lines: lines.map(({ line }) => line),
  };
}

/** What goes back counts against what was charged. */
export function signOf({ action }: Pick<Bill, 'action'>): 1n | -1n {
  return action === 'refund' ? -1n : 1n;
}

function monthOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO(marketTimeZone).toPlainDate().toPlainYearMonth().toString();
}

/** Orders are paid before, charges after. */
export function payModeOf({ action }: Pick<Bill, 'action'>): 'prePay' | 'postPay' {
  return action === 'charge' ? 'postPay' : 'prePay';
}

/** The bill of an order has a number of its own: the order's, and two digits. */
export function billIdOf(orderId: string): string {
  return `${orderId}01`;
}

/** Spreads what the sources have paid over the lines, first to last: vouchers, then credit, then cash. */
export function spreadPayment(lines: readonly bigint[], paid: LinePayment): LinePayment[] {
  const left = { ...paid };
  const take = (source: keyof LinePayment, wanted: bigint) => {
    const taken = left[source] < wanted ? left[source] : wanted;
    left[source] -= taken;
    return taken;
  };
  return lines.map((cents) => {
    const voucher = take('voucher', cents);
    const credit = take('credit', cents - voucher);
    return { voucher, credit, cash: take('cash', cents - voucher - credit) };
  });
}

/** What each source has paid of the whole bill. */
export function paidBy({ payments }: Bill): LinePayment {
  return payments.reduce(
    (sum, part) => ({
      voucher: sum.voucher + part.voucher,
      credit: sum.credit + part.credit,
      cash: sum.cash + part.cash,
    }),
    { voucher: 0n, credit: 0n, cash: 0n },
  );
}

/** The bill as it is kept: JSON with its fields in a fixed order, whole numbers and instants as text. */
export function writeBill(bill: Bill): string {
  const { lines, ...head } = bill;
  const fields = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    // Samples are text already and most of a bill: without a function to ask for each value they are written ten times as fast.
    .map(([name, value]) => `"${name}":${JSON.stringify(value, name === 'samples' ? undefined : wholeAsText)}`);
  return `{${fields.join(',')},"lines":${writePriceLines(lines)}}`;
}

function wholeAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const centsText = z.string().regex(/^\d+$/).transform(BigInt);
const instant = z.string().transform((text) => Temporal.Instant.from(text));

const billDocument = z.strictObject({
  billId: z.string(),
  orderId: z.string(),
  owner: centsText,
  operator: centsText,
  action: z.enum(billActions),
  product: z.enum([...products, 'elastic-cores']),
  instanceId: z.string(),
  regionCode: z.string(),
  zoneCode: z.string(),
  billedAt: instant,
  month: z.string(),
  from: instant,
  until: instant,
  originalCents: centsText,
  realCents: centsText,
  vouchers: z.array(z.strictObject({ id: z.string(), cents: centsText })),
  payments: z.array(z.strictObject({ voucher: centsText, credit: centsText, cash: centsText })),
  samples: z
    .array(z.strictObject({ at: z.string(), quantity: z.string(), facts: z.record(z.string(), z.string()) }))
    .optional(),
  corrects: z.array(z.string()).optional(),
  lines: z.unknown(),
});

/** A bill as {@link writeBill} has kept it: nothing is computed again. */
export function readBill(document: string): Bill {
  const { lines, ...head } = billDocument.parse(JSON.parse(document));
  return { ...head, lines: readPriceLines(lines) };
}
