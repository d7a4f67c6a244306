/** Orders of a spec: placed and paid without a catalogue, delivered by telling from when until when they serve. */
import { payAndDeliver, setDealService } from '../../server/src/billing/pay-deal.ts';
import { placeOrder } from '../../server/src/billing/place-order.ts';
import type { Deal, NewDeal } from '../../server/src/billing/index.ts';
import type { VoucherChoice } from '../../server/src/billing/vouchers.ts';
import type { Platform } from '../../server/src/platform/platform.ts';
import { orderOf } from './wallet-tenant.ts';

export interface TestOrders {
  place(tenant: bigint, order: NewDeal, at?: Temporal.Instant): Promise<Deal>;
  pay(tenant: bigint, deal: Deal, more?: { at?: Temporal.Instant; vouchers?: VoucherChoice }): Promise<Deal>;
  /** Both. */
  buy(tenant: bigint, cents: bigint, more?: Partial<NewDeal>, at?: Temporal.Instant): Promise<Deal>;
}

/** Places and pays orders at `now` unless another instant is given. */
export function testOrders({ database }: Platform, now: Temporal.Instant): TestOrders {
  const orders: TestOrders = {
    place: (tenant, order, at = now) => database.inTenant(tenant, (tx) => placeOrder(tx, tenant, order, at)),
    pay: (tenant, { orderId }, { at = now, vouchers = {} } = {}) =>
      database.inTenant(tenant, (tx) =>
        payAndDeliver({ tx, tenant, now: at }, { orderId }, vouchers, () =>
          setDealService(tx, tenant, orderId, { from: at, until: at.add({ hours: 24 * 92 }) }),
        ),
      ),
    buy: async (tenant, cents, more = {}, at = now) =>
      orders.pay(tenant, await orders.place(tenant, orderOf(tenant, cents, more), at), { at }),
  };
  return orders;
}
