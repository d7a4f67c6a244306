import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { wireString } from '../../platform/wire-types.ts';
import { orderPurchase } from '../order.ts';
import { clientTokenField, purchaseFields } from '../order-fields.ts';

export const createOrder = action({
  api: 'wharfinger/2026-11-01',
  name: 'CreateOrder',
  summary: 'Orders as CreateInstance does without paying: the order waits a day for PayDeals.',
  request: z.strictObject({ ClientToken: clientTokenField, ...purchaseFields }),
  response: z.object({ OrderId: wireString, InstanceIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request }) {
    const order = await orderPurchase({ tx, tenant, creator: caller.uin, now }, request, { pay: false });
    return { OrderId: order.orderId, InstanceIdList: [order.instanceId] };
  },
});
