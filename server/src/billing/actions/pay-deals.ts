import { z } from 'zod';
import { action } from '../../platform/action.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { int64Field, stringField, wireString } from '../../platform/wire-types.ts';
import { selectBigDeals } from '../deal-store.ts';
import { payDeal } from '../pay-deal.ts';
import { withSomethingLeft } from '../vouchers.ts';

const idsField = z.array(stringField.max(64)).max(100).optional();

/** All of the orders are paid, or none. */
export const payDeals = action({
  api: 'billing/2018-07-09',
  name: 'PayDeals',
  summary: 'Pays orders from the balance; they are delivered at once.',
  request: z.strictObject({
    OrderIds: idsField,
    AutoVoucher: int64Field.min(0).max(1).default(0),
    VoucherIds: z.array(stringField.max(64)).max(20).optional(),
    BigDealIds: idsField,
    // Paying for others, and rewards for who recommended us, are not sold here.
    AgentPay: z.literal(0).default(0),
    CpsUin: z.literal('').optional(),
  }),
  response: z.object({
    OrderIds: z.array(wireString),
    ResourceIds: z.array(wireString),
    BigDealIds: z.array(wireString),
  }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, now, request }) {
    const orderIds = await requestedOrders(tx, tenant, request.OrderIds ?? [], request.BigDealIds ?? []);
    const auto = request.AutoVoucher === 1;
    let ids = request.VoucherIds ?? [];
    const paid = [];
    for (const orderId of orderIds) {
      paid.push(await payDeal(tx, tenant, { orderId }, now, { ids, auto }));
      // What one order has used up is not missed by the next.
      ids = await withSomethingLeft(tx, tenant, ids);
    }
    return {
      OrderIds: paid.map((deal) => deal.orderId),
      ResourceIds: [...new Set(paid.map((deal) => deal.instanceId))],
      BigDealIds: [...new Set(paid.map((deal) => deal.bigDealId))],
    };
  },
});

async function requestedOrders(
  tx: AppTransaction,
  tenant: bigint,
  orderIds: readonly string[],
  bigDealIds: readonly string[],
): Promise<string[]> {
  if (orderIds.length > 0 === bigDealIds.length > 0) {
    throw new ActionError('InvalidParameter', 'give either OrderIds or BigDealIds');
  }
  if (orderIds.length > 0) return [...new Set(orderIds)];
  const deals = await selectBigDeals(tx, tenant, bigDealIds);
  const unknown = bigDealIds.find((id) => !deals.some((deal) => deal.bigDealId === id));
  if (unknown === undefined) return deals.map((deal) => deal.orderId);
  throw new ActionError('FailedOperation.InvalidDeal', `there is no order ${unknown}`);
}
