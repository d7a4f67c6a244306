/** An order as the billing API has it: amounts in cents. */
import { z } from 'zod';
import { productCode, productNames, subProductCodes } from '../../catalog/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireFloat, wireInt64, wireString, wireTime } from '../../platform/wire-types.ts';
import type { Deal } from '../deal.ts';
import { businessName, decimal } from './billing-fields.ts';

export const wireDeal = z.object({
  OrderId: wireString,
  Status: wireInt64,
  Payer: wireString,
  CreateTime: wireTime,
  Creator: wireString,
  RealTotalCost: wireInt64,
  VoucherDecline: wireInt64,
  ProjectId: wireInt64,
  GoodsCategoryId: wireInt64,
  ProductInfo: z.array(z.object({ Name: wireString, Value: wireString })),
  TimeSpan: wireFloat,
  TimeUnit: wireString,
  Currency: wireString,
  Policy: wireFloat,
  Price: wireFloat,
  TotalCost: wireInt64,
  ProductCode: wireString,
  SubProductCode: wireString,
  BigDealId: wireString,
  Formula: wireString,
  RefReturnDeals: wireString,
  PayMode: wireString,
  Action: wireString,
  ProductName: wireString,
  SubProductName: wireString,
  ResourceId: z.array(wireString),
  ZoneCode: wireString,
});

/** Of several lines the term, unit price and discount are those of the first, which is the product itself. */
export function toWireDeal(tenant: bigint, deal: Deal): z.input<typeof wireDeal> {
  const [line] = deal.lines;
  const share = line?.share ?? { numerator: 0n, denominator: 1n };
  return {
    OrderId: deal.orderId,
    Status: deal.status,
    Payer: String(tenant),
    CreateTime: toWireTime(deal.createdAt, marketTimeZone),
    Creator: String(deal.creator),
    RealTotalCost: deal.realCents,
    VoucherDecline: deal.voucherCents,
    ProjectId: 0,
    GoodsCategoryId: 0,
    ProductInfo: deal.lines.map(({ product, description }) => ({ Name: productNames[product], Value: description })),
    TimeSpan: Number(decimal(share.numerator, share.denominator)),
    TimeUnit: 'm',
    Currency: 'CNY',
    Policy: deal.originalCents === 0n ? 100 : Number(decimal(deal.realCents * 100n, deal.originalCents, 2)),
    Price: Number(decimal(line?.unitPriceMicro ?? 0n, 10_000n, 4)),
    TotalCost: deal.originalCents,
    ProductCode: productCode,
    SubProductCode: subProductCodes[deal.product],
    BigDealId: deal.bigDealId,
    Formula: '',
    RefReturnDeals: '',
    PayMode: 'prePay',
    Action: deal.action,
    ProductName: businessName,
    SubProductName: productNames[deal.product],
    ResourceId: [deal.instanceId],
    ZoneCode: deal.zoneCode,
  };
}
