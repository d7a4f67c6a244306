import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { stringField, wireString } from '../../platform/wire-types.ts';
import { orderRenewal } from '../order.ts';
import { clientTokenField, renewalFields } from '../order-fields.ts';

/** The vendor's `RenewInstance` has no place for a quote or a promotion code. */
export const createRenewalOrder = action({
  api: 'wharfinger/2026-11-01',
  name: 'CreateRenewalOrder',
  summary:
    'Orders a renewal as RenewInstance does without paying, by a quote or promotion code that Parameter names: the order waits a day for PayDeals.',
  request: z.strictObject({
    ClientToken: clientTokenField,
    ...renewalFields,
    Parameter: stringField.min(2).max(65_535).optional(),
  }),
  response: z.object({ OrderIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request }) {
    const { orderId } = await orderRenewal({ tx, tenant, creator: caller.uin, now }, request, { pay: false });
    return { OrderIdList: [orderId] };
  },
});
