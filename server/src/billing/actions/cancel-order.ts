import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { stringField, wireInt64, wireString } from '../../platform/wire-types.ts';
import { cancelUnpaid } from '../move-deal.ts';

export const cancelOrder = action({
  api: 'wharfinger/2026-11-01',
  name: 'CancelOrder',
  summary: 'Cancels an order that was not paid: it can be paid no more, and gives back what it took of a promotion.',
  request: z.strictObject({ OrderId: stringField.min(1).max(64) }),
  response: z.object({ OrderId: wireString, Status: wireInt64 }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, now, request }) {
    const { orderId, status } = await cancelUnpaid(tx, tenant, request.OrderId, now);
    return { OrderId: orderId, Status: status };
  },
});
