/** What a plan costs by a catalogue. */
import { marketTimeZone } from '../platform/platform.ts';
import { priceLines, type Catalog, type PriceLine, type PriceOccasion } from '../catalog/index.ts';
import type { Plan } from './plan.ts';

const priceActions = { new: 'purchase', widen: 'upgrade', renew: 'renew' } as const;

/** One line for each grant: cores, a pack of scans, gigabytes. */
export function pricePlan(catalog: Catalog, plan: Plan, occasion: PriceOccasion): PriceLine[] {
  const requests = plan.grants.map(({ quantity, anchor, from, until }) => ({
    action: priceActions[plan.kind],
    product: plan.product,
    quantity,
    anchor: anchor.toZonedDateTimeISO(marketTimeZone),
    from,
    until,
  }));
  return priceLines(catalog, requests, occasion);
}
