import { z } from 'zod';
import {
  checkProductCode,
  currentCatalog,
  readSubProductCode,
  totalCents,
  type PriceLine,
} from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { formatYuan, fromCents } from '../../platform/money.ts';
import { stringField, wireInt64, wireString } from '../../platform/wire-types.ts';
import { pricePurchase, priceRenewal, type Buyer, type Priced } from '../order.ts';
import { periodFields, readPurchase, readRenewal, renewFlagField } from '../order-fields.ts';
import { parseOrderParameter } from '../order-parameter.ts';
import { keepQuote } from '../quotes.ts';
import { computeRefund } from '../refunds/compute-refund.ts';
import { refundLine } from '../refunds/refund-amount.ts';
import { readSubscriptions } from '../subscription-store.ts';

const code = stringField.min(1).max(64);
/** Yuan with two decimals. */
const yuan = wireString.regex(/^\d+\.\d\d$/);

const fields = z.strictObject({
  Action: z.enum(['purchase', 'renew', 'upgrade', 'refund']).default('purchase'),
  InstanceId: stringField.min(1).max(128).optional(),
  ClientToken: stringField.max(64).optional(),
  ProductCode: code.default('p_tcss'),
  SubProductCode: code,
  RegionCode: code.optional(),
  ZoneCode: code.optional(),
  PayMode: z.enum(['PrePay']).optional(),
  Parameter: stringField.max(65_535).optional(),
  Quantity: z.literal(1).optional(),
  ProjectId: z.int().optional(),
  ...periodFields,
  RenewFlag: renewFlagField.optional(),
});

export const inquirePrice = action({
  api: 'wharfinger/2026-11-01',
  name: 'InquirePrice',
  summary:
    'What a purchase, more of an instance, or a renewal costs, which binds for 15 minutes as Parameter.quoteId; or what a refund would give back now, which does not bind.',
  request: fields,
  response: z.object({
    QuoteId: wireString,
    Binds: z.boolean(),
    OriginalCost: yuan,
    RealTotalCost: yuan,
    Lines: z.array(
      z.object({
        Product: wireString,
        Description: wireString,
        UnitPriceMicro: wireInt64,
        Quantity: wireInt64,
        Months: wireString,
        OriginalCost: yuan,
        RealCost: yuan,
        Promotions: z.array(wireString),
      }),
    ),
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, caller, now, request }) {
    const buyer = { tx, tenant, creator: caller.uin, now };
    const isRefund = request.Action === 'refund';
    const { lines, subject } = isRefund ? await priceRefund(buyer, request) : await price(buyer, request);
    const { original, real } = totalCents(lines);
    return {
      // A refund is computed anew when it is asked: nothing binds.
      QuoteId: subject ? await keepQuote(tx, tenant, subject, lines, now) : '',
      Binds: subject !== undefined,
      OriginalCost: formatYuan(fromCents(original)),
      RealTotalCost: formatYuan(fromCents(real)),
      Lines: lines.map(toWireLine),
    };
  },
});

async function price(buyer: Buyer, request: z.output<typeof fields>): Promise<Priced> {
  const catalog = await currentCatalog(buyer.tx, buyer.now);
  const { Action, InstanceId, Parameter = '{}', RegionCode = '-', ZoneCode = '-' } = request;
  if (Action !== 'purchase' && InstanceId === undefined) {
    throw withoutInstance();
  }
  if (Action === 'renew') {
    const renewal = readRenewal(catalog, { ...request, RegionCode, InstanceId: InstanceId ?? '', Parameter });
    return priceRenewal(buyer, catalog, { ...renewal, quoteId: undefined }, { automatic: false, inTurn: false });
  }
  const purchase = readPurchase(catalog, { ...request, RegionCode, ZoneCode, Parameter }, InstanceId);
  return pricePurchase(buyer, catalog, { ...purchase, quoteId: undefined });
}

async function priceRefund(
  { tx, tenant, now }: Buyer,
  request: z.output<typeof fields>,
): Promise<{ lines: PriceLine[]; subject?: undefined }> {
  const { InstanceId, SubProductCode, ProductCode } = request;
  if (InstanceId === undefined) throw withoutInstance();
  const catalog = await currentCatalog(tx, now);
  checkProductCode(catalog, ProductCode);
  const product = readSubProductCode(catalog, SubProductCode);
  const quantity = request.Parameter && parseOrderParameter(catalog, product, request.Parameter).quantity;
  const ask = { instanceId: InstanceId, quantity: quantity || undefined, askedAt: now };
  const { parts, scan } = await computeRefund({ tx, tenant, now }, await readSubscriptions(tx, tenant), ask);
  return { lines: [...parts, ...(scan?.parts ?? [])].map(refundLine) };
}

function withoutInstance(): ActionError {
  return new ActionError('MissingParameter', 'the parameter InstanceId is missing: which instance is meant');
}

function toWireLine(line: PriceLine) {
  const { numerator, denominator } = line.share;
  return {
    Product: line.product,
    Description: line.description,
    UnitPriceMicro: line.unitPriceMicro,
    Quantity: line.quantity,
    Months: denominator === 1n ? String(numerator) : `${numerator}/${denominator}`,
    OriginalCost: formatYuan(line.original),
    RealCost: formatYuan(fromCents(line.cents)),
    Promotions: line.promotions.map(({ name }) => name),
  };
}
