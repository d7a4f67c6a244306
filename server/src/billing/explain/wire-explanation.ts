/** A bill opened to its parts, as our own actions show it. Amounts are yuan; exact ones are fractions of yuan. */
import { z } from 'zod';
import type { Money } from '../../platform/money.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireInt64, wireString, wireTime } from '../../platform/wire-types.ts';
import { signOf } from '../bill.ts';
import { yuan } from '../actions/billing-fields.ts';
import { formula, units } from '../line-words.ts';
import type { BillExplanation, ExplainedHour, ExplainedLine } from './explain-bill.ts';

const amount = wireString.regex(/^-?\d+\.\d\d$/);
/** `178`, `964/24`: a fraction in lowest terms. */
const exact = wireString.regex(/^-?\d+(\/\d+)?$/);

const wireLine = z.object({
  Product: wireString,
  Description: wireString,
  Formula: wireString,
  /** Of the catalogue that priced it. */
  CatalogVersion: wireInt64,
  UnitPriceMicro: wireInt64,
  /** `CNY/core/month`. */
  PriceUnit: wireString,
  Quantity: wireInt64,
  Share: exact,
  OriginalExact: exact,
  Promotions: z.array(z.object({ Id: wireInt64, Name: wireString, PercentOff: wireInt64 })),
  AmountExact: exact,
  AmountRounded: amount,
  /** What rounding has added. */
  Rounding: exact,
  Withheld: amount,
  RealCost: amount,
  Paid: z.object({ Voucher: amount, Credit: amount, Cash: amount, Owed: amount }),
  CorrectsBillId: wireString,
});

const wireHour = z.object({
  Hour: wireTime,
  Sampled: wireBool,
  Quantity: wireInt64,
  Facts: z.array(z.object({ Name: wireString, Value: wireString })),
});

export const wireExplanation = z.object({
  BillId: wireString,
  OrderId: wireString,
  Action: wireString,
  InstanceId: wireString,
  BilledTime: wireTime,
  FeeBeginTime: wireTime,
  FeeEndTime: wireTime,
  /** Below zero: what a credit note gives back. */
  OriginalCost: amount,
  RealCost: amount,
  Lines: z.array(wireLine),
  Vouchers: z.array(z.object({ VoucherId: wireString, Amount: amount })),
  Hours: z.array(wireHour),
});

export function toWireExplanation({ bill, lines, hours }: BillExplanation): z.input<typeof wireExplanation> {
  const wireTimeOf = (instant: Temporal.Instant) => toWireTime(instant, marketTimeZone);
  return {
    BillId: bill.billId,
    OrderId: bill.orderId,
    Action: bill.action,
    InstanceId: bill.instanceId,
    BilledTime: wireTimeOf(bill.billedAt),
    FeeBeginTime: wireTimeOf(bill.from),
    FeeEndTime: wireTimeOf(bill.until),
    OriginalCost: yuan(signOf(bill) * bill.originalCents),
    RealCost: yuan(signOf(bill) * bill.realCents),
    Lines: lines.map(toWireLine),
    Vouchers: bill.vouchers.map(({ id, cents }) => ({ VoucherId: id, Amount: yuan(cents) })),
    Hours: hours.map(toWireHour),
  };
}

function toWireLine({ line, roundedCents, rounding, withheldCents, paid, corrects }: ExplainedLine) {
  const { unit, time } = units[line.product];
  return {
    Product: line.product,
    Description: line.description,
    Formula: formula(line),
    CatalogVersion: line.catalogVersion,
    UnitPriceMicro: line.unitPriceMicro,
    PriceUnit: `CNY/${unit}/${time}`,
    Quantity: line.quantity,
    Share: fractionText(line.share),
    OriginalExact: fractionText(line.original),
    Promotions: line.promotions.map(({ id, name, percentOff }) => ({ Id: id, Name: name, PercentOff: percentOff })),
    AmountExact: fractionText(line.amount),
    AmountRounded: yuan(roundedCents),
    Rounding: fractionText(rounding),
    Withheld: yuan(withheldCents),
    RealCost: yuan(line.cents),
    Paid: { Voucher: yuan(paid.voucher), Credit: yuan(paid.credit), Cash: yuan(paid.cash), Owed: yuan(paid.owed) },
    CorrectsBillId: corrects ?? '',
  };
}

function toWireHour({ at, sample }: ExplainedHour) {
  return {
    Hour: toWireTime(at, marketTimeZone),
    Sampled: sample !== undefined,
    Quantity: BigInt(sample?.quantity ?? '0'),
    Facts: Object.entries(sample?.facts ?? {}).map(([Name, Value]) => ({ Name, Value })),
  };
}

function fractionText({ numerator, denominator }: Money): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}
