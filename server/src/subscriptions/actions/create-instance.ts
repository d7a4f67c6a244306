import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { wireString } from '../../platform/wire-types.ts';
import { orderPurchase } from '../order.ts';
import { clientTokenField, purchaseFields } from '../order-fields.ts';

export const createInstance = action({
  api: 'billing/2018-07-09',
  name: 'CreateInstance',
  summary: 'Buys an instance, or more of the one that Parameter names, and pays from the balance at once.',
  request: z.strictObject({ ClientToken: clientTokenField, ...purchaseFields }),
  response: z.object({ OrderId: wireString, InstanceIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request }) {
    const order = await orderPurchase({ tx, tenant, creator: caller.uin, now }, request, { pay: true });
    return { OrderId: order.orderId, InstanceIdList: [order.instanceId] };
  },
});
