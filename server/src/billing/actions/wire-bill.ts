/** A bill as the billing API has it: amounts are decimal text in yuan. */
import { z } from 'zod';
import { productCode, productNames, subProductCodes, type PriceLine } from '../../catalog/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireInt64, wireString, wireTime } from '../../platform/wire-types.ts';
import { actionTypes, payModeNames } from '../action-types.ts';
import { payModeOf, signOf, type Bill, type LinePayment } from '../bill.ts';
import { discountOf, formula, units } from '../line-words.ts';
import { businessName, decimal, yuan } from './billing-fields.ts';

const wireComponent = z.object({
  ComponentCodeName: wireString,
  ItemCodeName: wireString,
  SinglePrice: wireString,
  SpecifiedPrice: wireString,
  PriceUnit: wireString,
  UsedAmount: wireString,
  UsedAmountUnit: wireString,
  RealTotalMeasure: wireString,
  DeductedMeasure: wireString,
  TimeSpan: wireString,
  TimeUnitName: wireString,
  Cost: wireString,
  Discount: wireString,
  ReduceType: wireString,
  RealCost: wireString,
  VoucherPayAmount: wireString,
  CashPayAmount: wireString,
  IncentivePayAmount: wireString,
  TransferPayAmount: wireString,
  ItemCode: wireString,
  ComponentCode: wireString,
  ContractPrice: wireString,
  InstanceType: wireString,
  RiTimeSpan: wireString,
  OriginalCostWithRI: wireString,
  SPDeductionRate: wireString,
  SPDeduction: wireString,
  OriginalCostWithSP: wireString,
  BlendedDiscount: wireString,
  ComponentConfig: z.array(z.object({ Name: wireString, Value: wireString })),
});

export const wireBill = z.object({
  BusinessCodeName: wireString,
  ProductCodeName: wireString,
  PayModeName: wireString,
  ProjectName: wireString,
  RegionName: wireString,
  ZoneName: wireString,
  ResourceId: wireString,
  ResourceName: wireString,
  ActionTypeName: wireString,
  OrderId: wireString,
  BillId: wireString,
  PayTime: wireTime,
  FeeBeginTime: wireTime,
  FeeEndTime: wireTime,
  ComponentSet: z.array(wireComponent),
  PayerUin: wireString,
  OwnerUin: wireString,
  OperateUin: wireString,
  Tags: z.array(z.object({ TagKey: wireString, TagValue: wireString })),
  BusinessCode: wireString,
  ProductCode: wireString,
  ActionType: wireString,
  RegionId: wireString,
  ProjectId: wireInt64,
  PriceInfo: z.array(wireString),
  AssociatedOrder: z.object({
    PrepayPurchase: wireString,
    PrepayRenew: wireString,
    PrepayModifyUp: wireString,
    ReverseOrder: wireString,
    NewOrder: wireString,
    Original: wireString,
  }),
  Formula: wireString,
  FormulaUrl: wireString,
  BillDay: wireTime,
  BillMonth: wireTime,
  Id: wireString,
  RegionType: wireString,
  RegionTypeName: wireString,
  ReserveDetail: wireString,
  DiscountObject: wireString,
  DiscountType: wireString,
  DiscountContent: wireString,
  ExtendField: wireString,
});

export function toWireBill(bill: Bill): z.input<typeof wireBill> {
  const type = actionTypes[bill.action];
  const wireTimeOf = (instant: Temporal.Instant) => toWireTime(instant, marketTimeZone);
  const orderFor = (action: Bill['action']) => (bill.action === action ? bill.orderId : '');
  return {
    BusinessCodeName: businessName,
    ProductCodeName: productNames[bill.product],
    PayModeName: payModeNames[payModeOf(bill)],
    ProjectName: '',
    RegionName: bill.regionCode,
    ZoneName: bill.zoneCode,
    ResourceId: bill.instanceId,
    ResourceName: '',
    ActionTypeName: type.name,
    OrderId: bill.orderId,
    BillId: bill.billId,
    PayTime: wireTimeOf(bill.billedAt),
    FeeBeginTime: wireTimeOf(bill.from),
    FeeEndTime: wireTimeOf(bill.until),
    ComponentSet: bill.lines.map((line, index) =>
      toWireComponent(bill, line, bill.payments[index] ?? { voucher: 0n, credit: 0n, cash: 0n }),
    ),
    PayerUin: String(bill.owner),
    OwnerUin: String(bill.owner),
    OperateUin: String(bill.operator),
    Tags: [],
    BusinessCode: productCode,
    ProductCode: subProductOf(bill),
    ActionType: type.code,
    RegionId: bill.regionCode,
    ProjectId: 0,
    PriceInfo: [],
    AssociatedOrder: {
      PrepayPurchase: orderFor('purchase'),
      PrepayRenew: orderFor('renew'),
      PrepayModifyUp: orderFor('upgrade'),
      ReverseOrder: orderFor('refund'),
      NewOrder: '',
      // A credit note names the bills that it corrects.
      Original: [...new Set(bill.corrects)].join(','),
    },
    Formula: bill.lines.map(formula).join('; '),
    FormulaUrl: '',
    BillDay: `${wireTimeOf(bill.billedAt).slice(0, 10)} 00:00:00`,
    BillMonth: `${bill.month}-01 00:00:00`,
    Id: bill.billId,
    RegionType: '',
    RegionTypeName: '',
    ReserveDetail: '',
    DiscountObject: '',
    DiscountType: '',
    DiscountContent: bill.lines.flatMap(({ promotions }) => promotions.map(({ name }) => name)).join('; '),
    ExtendField: '',
  };
}

function toWireComponent(bill: Bill, line: PriceLine, paid: LinePayment): z.input<typeof wireComponent> {
  const { unit, time } = units[line.product];
  const discount = discountOf(line);
  // What a credit note gives back stands below zero.
  const signed = (amount: string) => (signOf(bill) < 0n && /[1-9]/.test(amount) ? `-${amount}` : amount);
  return {
    ComponentCodeName: productNames[line.product],
    ItemCodeName: line.description,
    SinglePrice: decimal(line.unitPriceMicro, 1_000_000n, 6, 2),
    SpecifiedPrice: '',
    PriceUnit: `CNY/${unit}/${time}`,
    UsedAmount: String(line.quantity),
    UsedAmountUnit: unit,
    RealTotalMeasure: String(line.quantity),
    DeductedMeasure: '0',
    TimeSpan: decimal(line.share.numerator, line.share.denominator),
    TimeUnitName: time,
    Cost: signed(decimal(line.original.numerator, line.original.denominator, 2, 2)),
    Discount: decimal(discount.numerator, discount.denominator),
    ReduceType: '',
    RealCost: signed(yuan(line.cents)),
    VoucherPayAmount: signed(yuan(paid.voucher)),
    CashPayAmount: signed(yuan(paid.cash)),
    IncentivePayAmount: signed(yuan(paid.credit)),
    TransferPayAmount: '0.00',
    ItemCode: line.product,
    ComponentCode: subProductOf(bill),
    ContractPrice: decimal(line.unitPriceMicro * discount.numerator, 1_000_000n * discount.denominator, 8, 2),
    InstanceType: '',
    RiTimeSpan: '0',
    OriginalCostWithRI: '0.00',
    SPDeductionRate: '0',
    SPDeduction: '0.00',
    OriginalCostWithSP: '0.00',
    BlendedDiscount: decimal(discount.numerator, discount.denominator),
    ComponentConfig: [],
  };
}

/** Elastic cores complete a professional edition. */
function subProductOf({ product }: Bill): string {
  return subProductCodes[product === 'elastic-cores' ? 'professional' : product];
}
