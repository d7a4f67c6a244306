/** Orders: checked, priced by the catalogue or a quote, placed once under their token, and paid where that is asked. */
import {
  dealCancelled,
  dealExpired,
  dealStatus,
  findPlacedDeal,
  keepOrder,
  payDeal,
  payNewDeal,
  type DealRequest,
} from '../billing/index.ts';
import {
  currentCatalog,
  returnPromotionUses,
  takePromotionUses,
  usedUpPromotions,
  type Catalog,
  type PriceLine,
} from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { subscriber } from '../platform/events/index.ts';
import { newInstanceId } from './instance-id.ts';
import {
  readPurchase,
  readRenewal,
  type PurchaseFields,
  type ReadPurchase,
  type ReadRenewal,
  type RenewalFields,
} from './order-fields.ts';
import { planPurchase, planRenewal, type Plan } from './plan.ts';
import { insertPlannedDelivery } from './plan-column.ts';
import { pricePlan } from './price-plan.ts';
import { takeQuote, type QuoteSubject } from './quotes.ts';
import { holdingsAt, type Holdings, type Instance } from './subscription.ts';
import { readInstances, readQuantityInForce, readSubscriptions } from './subscription-store.ts';

/** Who orders, when. */
export interface Buyer {
  tx: AppTransaction;
  tenant: bigint;
  /** The account that orders, of the tenant. */
  creator: bigint;
  now: Temporal.Instant;
}

export interface PlacedOrder {
  orderId: string;
  instanceId: string;
}

/** What is to be paid for, before it is an order. */
export interface Priced {
  plan: Plan;
  lines: PriceLine[];
  subject: QuoteSubject;
}

/** Buys something new, or more of what is there. With `pay` it is paid and delivered at once, or nothing is kept. */
export async function orderPurchase(
  buyer: Buyer,
  fields: PurchaseFields & { ClientToken: string },
  { pay }: { pay: boolean },
): Promise<PlacedOrder> {
  const catalog = await currentCatalog(buyer.tx, buyer.now);
  const purchase = readPurchase(catalog, fields);
  const { wanted } = purchase;
  const request: DealRequest = {
    action: wanted.product === 'log-analysis' && wanted.instanceId !== undefined ? 'upgrade' : 'purchase',
    product: wanted.product,
    regionCode: fields.RegionCode,
    zoneCode: fields.ZoneCode,
    parameters: {
      Parameter: purchase.given,
      Period: fields.Period ?? null,
      PeriodUnit: fields.PeriodUnit,
      RenewFlag: fields.RenewFlag ?? null,
    },
  };
  return order(buyer, request, fields.ClientToken, pay, catalog, () => pricePurchase(buyer, catalog, purchase));
}

/** Renews an instance from its old end. With `pay` it is paid at once, or nothing is kept. */
export async function orderRenewal(
  buyer: Buyer,
  fields: RenewalFields & { ClientToken: string },
  { pay }: { pay: boolean },
): Promise<PlacedOrder> {
  const catalog = await currentCatalog(buyer.tx, buyer.now);
  const renewal = readRenewal(catalog, fields);
  return placeRenewal(buyer, catalog, renewal, fields.ClientToken, { automatic: false, inTurn: false, pay });
}

/** As {@link orderRenewal}, of what was read already; also for renewals that the service makes. */
export function placeRenewal(
  buyer: Buyer,
  catalog: Catalog,
  renewal: ReadRenewal,
  clientToken: string,
  { pay = true, ...how }: { automatic: boolean; inTurn: boolean; pay?: boolean },
): Promise<PlacedOrder> {
  const { product, instanceId, months, regionCode, given } = renewal;
  const request: DealRequest = {
    action: 'renew',
    product,
    regionCode,
    zoneCode: '',
    parameters: {
      InstanceId: instanceId,
      Months: months,
      ...(given && { Parameter: given }),
      ...(how.automatic && { Automatic: true }),
    },
  };
  return order(buyer, request, clientToken, pay, catalog, () => priceRenewal(buyer, catalog, renewal, how));
}

/** What a purchase would deliver and cost now. */
export async function pricePurchase(
  { tx, tenant, now }: Buyer,
  catalog: Catalog,
  purchase: ReadPurchase,
): Promise<Priced> {
  const holdings = holdingsAt(await readInstances(tx, tenant), now);
  const { product, instanceId = null, quantity, months = null } = purchase.wanted;
  const plan = planPurchase(purchase.wanted, holdings, now, newInstanceId(product));
  const widened = plan.kind === 'widen' ? holdings[product] : undefined;
  if (widened) purchase.checkWith(await readQuantityInForce(tx, tenant, widened, now));
  const subject: QuoteSubject = {
    action: plan.kind === 'new' ? 'purchase' : 'upgrade',
    product,
    instanceId,
    quantity: String(quantity),
    months,
    promotionCode: purchase.promotionCode ?? null,
    termEnd: termEnd(plan, holdings),
  };
  const lines = purchase.quoteId
    ? await takeQuote(tx, tenant, purchase.quoteId, subject, now)
    : pricePlan(catalog, plan, {
        at: now,
        promotionCode: purchase.promotionCode,
        usedUp: await usedUpPromotions(tx, tenant, catalog),
      });
  return { plan, lines, subject };
}

/** What a renewal would deliver and cost now. */
export async function priceRenewal(
  { tx, tenant, now }: Buyer,
  catalog: Catalog,
  { product, instanceId, months, quoteId, promotionCode }: ReadRenewal,
  how: { automatic: boolean; inTurn: boolean },
): Promise<Priced> {
  const holdings = holdingsAt(await readSubscriptions(tx, tenant), now);
  const held = holdings[product]?.instanceId === instanceId ? holdings[product] : undefined;
  const plan = planRenewal(held, holdings, { months, instanceId, ...how }, now);
  const subject: QuoteSubject = {
    action: 'renew',
    product,
    instanceId,
    quantity: null,
    months,
    promotionCode: promotionCode ?? null,
    termEnd: termEnd(plan, holdings),
  };
  const lines = quoteId
    ? await takeQuote(tx, tenant, quoteId, subject, now)
    : pricePlan(catalog, plan, { at: now, promotionCode, usedUp: await usedUpPromotions(tx, tenant, catalog) });
  return { plan, lines, subject };
}

/** An order that will never be paid gives back what it took of a promotion. */
export const returnExpiredPromotions = subscriber('subscriptions', dealExpired, ({ tx, tenant }, { orderId }) =>
  returnPromotionUses(tx, tenant, orderId),
);
export const returnCancelledPromotions = subscriber('subscriptions', dealCancelled, ({ tx, tenant }, { orderId }) =>
  returnPromotionUses(tx, tenant, orderId),
);

/** The wallet is locked: by the door, or by who renews automatically. */
async function order(
  { tx, tenant, creator, now }: Buyer,
  request: DealRequest,
  clientToken: string,
  pay: boolean,
  catalog: Catalog,
  price: () => Promise<Priced>,
): Promise<PlacedOrder> {
  const earlier = await findPlacedDeal(tx, tenant, clientToken, request);
  if (earlier) {
    if (pay && earlier.status === dealStatus.unpaid) await payDeal(tx, tenant, earlier, now);
    return { orderId: earlier.orderId, instanceId: earlier.instanceId };
  }
  const { plan, lines } = await price();
  const { instanceId } = plan;
  const wanted = { ...request, instanceId, lines, creator, clientToken };
  const deal = await keepOrder(tx, tenant, wanted, now, { paidAtOnce: pay });
  await insertPlannedDelivery(tx, tenant, deal.orderId, plan);
  await takePromotionUses(tx, tenant, { key: deal.orderId, catalog, lines, now });
  if (pay) await payNewDeal(tx, tenant, deal, now);
  return { orderId: deal.orderId, instanceId };
}

/** The end that the price hangs on: of the professional edition for scans, else of what is widened or renewed. */
function termEnd(plan: Plan, holdings: Holdings<Instance>): string | null {
  const hangsOn = plan.product === 'image-scan' ? holdings.professional : holdings[plan.product];
  return hangsOn?.endsAt.toString() ?? null;
}
