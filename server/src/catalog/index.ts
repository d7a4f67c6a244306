export { catalogExport } from './export-parts.ts';
export { anchoredMonth, anniversary, type AnchoredMonth } from './anniversary.ts';
export { builtInCatalog } from './built-in.ts';
export { lineField } from './text-fields.ts';
export type { Catalog, TrialGift } from './catalog.ts';
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
export { elasticPriceLine, priceLines, type PriceOccasion, type PriceRequest } from './price-lines.ts';
export { checkProductCode, readParameterName, readSubProductCode, type QuantityParameter } from './product-codes.ts';
export { productCode, productNames, products, subProductCodes, type BilledProduct, type Product } from './product.ts';
export { returnPromotionUses, takePromotionUses, usedUpPromotions } from './promotion-uses.ts';
export type { PriceAction } from './promotion.ts';
export { checkElasticCap, checkQuantity, defaultElasticCap, leastQuantity, termMonths } from './purchase-rules.ts';
export { quotaPeriodAt, quotaPeriods, type QuotaPeriod, type QuotaTerm } from './quota-periods.ts';
export { share } from './share.ts';
export { currentCatalog, readCatalog } from './store.ts';
export { describeAbTestConfig } from './actions/describe-ab-test-config.ts';
export { describeCatalog } from './actions/describe-catalog.ts';
export { describePromotionActivity } from './actions/describe-promotion-activity.ts';
export { publishCatalogAction } from './actions/publish-catalog.ts';
