/** What a purchase, a renewal or a widening costs, line by line. Source: product rules, 3 to 5 and 8. */
import { ActionError } from '../platform/errors.ts';
import { toWireTime } from '../platform/wire-types.ts';
import { productRule, type Catalog } from './catalog.ts';
import { fraction, priceLine, type AppliedPromotion, type Fraction, type PriceLine } from './price-line.ts';
import { productNames, type Product } from './product.ts';
import { applies, choosePromotions, hasCode, holdsAt, type PriceAction, type PromotionOccasion } from './promotion.ts';
import { share } from './share.ts';

/** One thing that is paid for. */
export interface PriceRequest {
  action: PriceAction;
  product: Product;
  /** Cores, scans a month or gigabytes: all that are bought or renewed, or those that a widening adds. */
  quantity: bigint;
  /** From where its months are counted, in the market's time zone. */
  anchor: Temporal.ZonedDateTime;
  /** Paid for is `[from, until)`. */
  from: Temporal.Instant;
  until: Temporal.Instant;
}

export interface PriceOccasion {
  /** When it is bought; promotions hold by date. */
  at: Temporal.Instant;
  promotionCode?: string | undefined;
  /** Promotions that this account can no longer use. */
  usedUp?: ReadonlySet<number>;
}

/**
 * One line for each request, in their order. Throws `InvalidParameter.PromotionCode` for a code that is not known or does
 * not hold now, `FailedOperation.PromotionUsedUp`, and `FailedOperation.PromotionNotApplicable` when it works on none of
 * the lines.
 */
export function priceLines(catalog: Catalog, requests: readonly PriceRequest[], occasion: PriceOccasion): PriceLine[] {
  checkCode(catalog, requests, occasion);
  return requests.map((request) => {
    const { product, quantity } = request;
    const months = share(request.anchor, request.from, request.until);
    return priceLine({
      product,
      description: describe(catalog, request, months),
      unitPriceMicro: BigInt(productRule(catalog, product).unitPriceMicro),
      quantity,
      share: months,
      catalogVersion: catalog.version,
      promotions: promotionsFor(catalog, request, months, occasion),
    });
  });
}

/** A day of elastic cores: the average over its hours, exact. `coreHours` is the sum of the day's samples. */
export function elasticPriceLine(
  catalog: Catalog,
  day: { date: Temporal.PlainDate; hours: bigint; coreHours: bigint },
): PriceLine {
  return priceLine({
    product: 'elastic-cores',
    description: `${productNames['elastic-cores']}, ${day.date.toString()}: ${day.coreHours} core hours of ${day.hours} hours`,
    unitPriceMicro: BigInt(catalog.elasticCores.unitPriceMicro),
    quantity: day.coreHours,
    share: fraction(1n, day.hours),
    catalogVersion: catalog.version,
  });
}

function promotionsFor(
  catalog: Catalog,
  request: PriceRequest,
  months: Fraction,
  occasion: PriceOccasion,
): AppliedPromotion[] {
  return choosePromotions(
    catalog.promotions.filter(
      (promotion) => !occasion.usedUp?.has(promotion.id) && applies(promotion, toOccasion(request, months, occasion)),
    ),
  );
}

function toOccasion(request: PriceRequest, months: Fraction, { at, promotionCode }: PriceOccasion): PromotionOccasion {
  const { action, product, quantity } = request;
  return { action, product, quantity, wholeMonths: months.numerator / months.denominator, at, code: promotionCode };
}

function checkCode(catalog: Catalog, requests: readonly PriceRequest[], occasion: PriceOccasion): void {
  const { promotionCode: code, at, usedUp } = occasion;
  if (code === undefined) return;
  const named = catalog.promotions.filter((promotion) => hasCode(promotion, code) && holdsAt(promotion, at));
  if (named.length === 0) {
    throw new ActionError('InvalidParameter.PromotionCode', 'this promotion code is not known, or does not hold now');
  }
  const usable = named.filter(({ id }) => !usedUp?.has(id));
  if (usable.length === 0) {
    throw new ActionError('FailedOperation.PromotionUsedUp', 'this promotion code is used up; order without it');
  }
  const works = usable.some((promotion) =>
    requests.some((request) =>
      applies(promotion, toOccasion(request, share(request.anchor, request.from, request.until), occasion)),
    ),
  );
  if (works) return;
  throw new ActionError(
    'FailedOperation.PromotionNotApplicable',
    'this promotion code is for another product, term or quantity; order without it',
  );
}

const units = { professional: 'cores', 'image-scan': 'scans a month', 'log-analysis': 'GB' } as const;
const doing = { purchase: 'purchase', renew: 'renewal', upgrade: 'addition' } as const;

function describe(catalog: Catalog, request: PriceRequest, months: Fraction): string {
  const { product, quantity, action } = request;
  const [from, until] = [request.from, request.until].map((instant) => toWireTime(instant, catalog.marketTimeZone));
  return `${productNames[product]}, ${doing[action]}: ${quantity} ${units[product]}, ${from} to ${until}, ${monthsInWords(months)}`;
}

/** `3 months`, `1 month`, `2 17/31 months`, `17/31 months`. */
function monthsInWords({ numerator, denominator }: Fraction): string {
  const [whole, rest] = [numerator / denominator, numerator % denominator];
  const parts = [
    ...(whole > 0n || rest === 0n ? [String(whole)] : []),
    ...(rest > 0n ? [`${rest}/${denominator}`] : []),
  ];
  return `${parts.join(' ')} ${whole === 1n && rest === 0n ? 'month' : 'months'}`;
}
