import { z } from 'zod';
import { readAccount, uinField } from '../../accounts/index.ts';
import { operatorAction } from '../../platform/action.ts';
import { stringField } from '../../platform/wire-types.ts';
import { decideRefund } from '../refunds/refund.ts';

export const decideRefundAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DecideRefund',
  summary: 'Grants a refund that waits, by what the rules give back now, or rejects it.',
  request: z.strictObject({
    Uin: uinField,
    OrderId: stringField.regex(/^\d{20}$/),
    Decision: z.enum(['approve', 'reject']),
    Note: stringField.max(500).default(''),
  }),
  response: z.object({ Uin: z.string(), OrderId: z.string(), Status: z.int() }),
  handle({ inTenant, request, now }) {
    const { Uin: tenant, OrderId: orderId, Decision, Note: note } = request;
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      const decision = { orderId, approve: Decision === 'approve', note };
      const { status } = await decideRefund({ tx, tenant, creator: tenant, now }, decision);
      return { Uin: String(tenant), OrderId: orderId, Status: status };
    });
  },
});
