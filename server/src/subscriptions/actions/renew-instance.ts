import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { wireString } from '../../platform/wire-types.ts';
import { orderRenewal } from '../order.ts';
import { clientTokenField, renewalFields } from '../order-fields.ts';

export const renewInstance = action({
  api: 'billing/2018-07-09',
  name: 'RenewInstance',
  summary: 'Renews an instance from its old end, also while it is isolated, and pays from the balance at once.',
  request: z.strictObject({ ClientToken: clientTokenField, ...renewalFields }),
  response: z.object({ OrderIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request }) {
    const { orderId } = await orderRenewal({ tx, tenant, creator: caller.uin, now }, request, { pay: true });
    return { OrderIdList: [orderId] };
  },
});
