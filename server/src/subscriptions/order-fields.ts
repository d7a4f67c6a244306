/** What orders bring on the wire, read and checked by the catalogue. Source: contract, `CreateInstance`, `RenewInstance`. */
import { z } from 'zod';
import {
  checkElasticCap,
  checkProductCode,
  checkQuantity,
  defaultElasticCap,
  readSubProductCode,
  termMonths,
  type Catalog,
  type Product,
} from '../catalog/index.ts';
import { ActionError } from '../platform/errors.ts';
import { int64Field, stringField } from '../platform/wire-types.ts';
import { parseOrderParameter, parseRenewalParameter, type OrderParameter } from './order-parameter.ts';
import type { PurchaseRequest } from './plan.ts';
import { renewFlags, type Protection } from './subscription.ts';

const code = stringField.min(1).max(64);

/** At most 64 ASCII characters. */
export const clientTokenField = z.string().regex(/^[\u0021-\u007e]{1,64}$/, 'must be 1 to 64 ASCII characters');
export const renewFlagField = z.enum(renewFlags);
export const periodFields = { Period: int64Field.optional(), PeriodUnit: z.enum(['m', 'y']).default('m') };

/** Fields of `CreateInstance` that say what is bought. */
export const purchaseFields = {
  ProductCode: code,
  SubProductCode: code,
  RegionCode: code,
  ZoneCode: code,
  PayMode: z.enum(['PrePay']),
  Parameter: stringField.min(2).max(65_535),
  Quantity: z.literal(1).optional(),
  ProjectId: int64Field.optional(),
  ...periodFields,
  RenewFlag: renewFlagField.optional(),
};

export interface PurchaseFields {
  ProductCode: string;
  SubProductCode: string;
  RegionCode: string;
  ZoneCode: string;
  Parameter: string;
  Period?: number | undefined;
  PeriodUnit: 'm' | 'y';
  RenewFlag?: (typeof renewFlags)[number] | undefined;
}

/** Fields of `RenewInstance` that say what is renewed. */
export const renewalFields = {
  ProductCode: code,
  SubProductCode: code,
  RegionCode: code,
  InstanceId: stringField.min(1).max(128),
  ...periodFields,
};

export interface RenewalFields {
  ProductCode: string;
  SubProductCode: string;
  RegionCode: string;
  InstanceId: string;
  Period?: number | undefined;
  PeriodUnit: 'm' | 'y';
  /** Not on the vendor's wire: what a renewal is priced by. */
  Parameter?: string | undefined;
}

/** A purchase as it is planned, and what of its `Parameter` is for others. */
export interface ReadPurchase extends Pick<OrderParameter, 'given' | 'quoteId' | 'promotionCode'> {
  wanted: PurchaseRequest;
  /** Together with what is in force already of the instance it must not be too much. Throws `InvalidParameter.Quantity`. */
  checkWith(inForce: bigint): void;
}

export interface ReadRenewal extends Partial<Pick<OrderParameter, 'given' | 'quoteId' | 'promotionCode'>> {
  product: Product;
  instanceId: string;
  months: number;
  regionCode: string;
}

/**
 * Throws `InvalidParameter…` for a product, quantity, term or scope that is not sold. `widened` names an instance where
 * `Parameter` does not.
 */
export function readPurchase(catalog: Catalog, fields: PurchaseFields, widened?: string): ReadPurchase {
  const { ProductCode, SubProductCode, RegionCode, ZoneCode, PeriodUnit, RenewFlag } = fields;
  checkProductCode(catalog, ProductCode);
  const product = readSubProductCode(catalog, SubProductCode);
  const named = parseOrderParameter(catalog, product, fields.Parameter);
  const parameter = { ...named, instanceId: widened ?? named.instanceId };
  const { quantity, instanceId, given, quoteId, promotionCode } = parameter;
  if (quantity === undefined) {
    throw new ActionError(
      'InvalidParameter.Quantity',
      'Parameter does not say how much is bought, such as {"cores":100}',
    );
  }
  checkQuantity(catalog, product, quantity);
  const wanted: PurchaseRequest = {
    product,
    quantity,
    months: monthsOf(catalog, product, fields, instanceId),
    instanceId,
    productCode: ProductCode,
    subProductCode: SubProductCode,
    regionCode: RegionCode,
    zoneCode: ZoneCode,
    renewal: {
      flag: RenewFlag ?? 'NOTIFY_AND_MANUAL_RENEW',
      chosen: RenewFlag !== undefined,
      unit: PeriodUnit,
    },
    protection: readProtection(catalog, product, parameter, quantity),
    isolationHours: catalog.life.isolationHours,
    destructionHours: catalog.life.destructionHours,
    reminderDays: catalog.life.reminderDays,
  };
  return {
    wanted,
    given,
    quoteId,
    promotionCode,
    checkWith(inForce) {
      checkQuantity(catalog, product, quantity, inForce);
    },
  };
}

/** Throws `InvalidParameter…` for a product or term that is not sold; a term that is left out is one month. */
export function readRenewal(catalog: Catalog, fields: RenewalFields): ReadRenewal {
  checkProductCode(catalog, fields.ProductCode);
  const product = readSubProductCode(catalog, fields.SubProductCode);
  const months = termMonths(catalog, 'renew', product, { length: fields.Period ?? 1, unit: fields.PeriodUnit });
  const named = fields.Parameter === undefined ? {} : parseRenewalParameter(catalog, product, fields.Parameter);
  return { product, instanceId: fields.InstanceId, months, regionCode: fields.RegionCode, ...named };
}

/** What is more of something ends with it, and scans end with the professional edition unless a term is given. */
function monthsOf(
  catalog: Catalog,
  product: Product,
  { Period, PeriodUnit }: PurchaseFields,
  instanceId: string | undefined,
): number | undefined {
  if (product !== 'image-scan' && instanceId !== undefined) return undefined;
  if (product === 'image-scan' && Period === undefined) return undefined;
  return termMonths(catalog, 'purchase', product, { length: Period ?? 1, unit: PeriodUnit });
}

function readProtection(
  catalog: Catalog,
  product: Product,
  parameter: OrderParameter,
  cores: bigint,
): Protection | undefined {
  if (product !== 'professional') return undefined;
  const { scope = 'all', autoProtectNew, assets = [], elasticCap } = parameter;
  if (parameter.instanceId !== undefined) {
    const { scope: given } = parameter;
    if ([given, autoProtectNew, parameter.assets, elasticCap].some((value) => value !== undefined))
      throw invalid('more cores keep the scope and the elastic cap; change those where protection is set');
    return undefined;
  }
  if ((scope === 'chosen') !== assets.length > 0) {
    throw invalid('Parameter.assets names the clusters and hosts of the scope "chosen", and of no other');
  }
  if (scope !== 'all' && autoProtectNew === true) throw invalid('Parameter.autoProtectNew is for the scope "all"');
  if (elasticCap !== undefined) checkElasticCap(catalog, BigInt(elasticCap));
  return {
    scope,
    autoProtectNew: scope === 'all' && autoProtectNew !== false,
    assets,
    elasticCap: elasticCap ?? Number(defaultElasticCap(catalog, cores)),
  };
}

function invalid(message: string): ActionError {
  return new ActionError('InvalidParameter', message);
}
