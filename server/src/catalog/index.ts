/** The built-in catalogue: the numbers of the product rules. A change never rewrites what was already opened or bought. */

export { anniversary } from './anniversary.ts';
export {
  fraction,
  priceLine,
  readPriceLines,
  totalCents,
  writePriceLines,
  type AppliedPromotion,
  type Fraction,
  type PriceLine,
  type PriceLineParts,
} from './price-line.ts';
export { productCode, productNames, products, subProductCodes, type BilledProduct, type Product } from './product.ts';
export { quotaPeriodAt, quotaPeriods, type QuotaPeriod, type QuotaTerm } from './quota-periods.ts';
export { share } from './share.ts';

/** What the free trial gives. Source: product rules, 2. */
export interface TrialGift {
  /** Cores of all assets are covered. */
  cores: 'all';
  imageScans: number;
  logGigabytes: number;
}

export const builtInCatalog = {
  trial: {
    duration: { hours: 7 * 24 },
    gift: { cores: 'all', imageScans: 500, logGigabytes: 10 } satisfies TrialGift,
  },
} as const;
