import { z } from 'zod';
import { uinField } from '../../accounts/index.ts';
import { operatorAction } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime } from '../../platform/wire-types.ts';
import { listRequests } from '../refunds/refund-store.ts';

const row = z.object({
  Uin: z.string(),
  OrderId: z.string(),
  InstanceId: z.string(),
  Quantity: z.string(),
  Ground: z.string(),
  Reason: z.string(),
  AskedTime: z.string(),
  DecidedTime: z.string(),
  Note: z.string(),
});

/** `Quantity` is empty where the whole instance is given back, `DecidedTime` while it waits. */
export const describeRefundRequests = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeRefundRequests',
  summary: 'Refunds that wait to be decided, or with All all of them, newest first.',
  request: z.strictObject({
    Uin: uinField.optional(),
    All: z.boolean().default(false),
    Limit: z.int().min(1).max(1000).default(100),
  }),
  response: z.object({ List: z.array(row) }),
  async handle({ inSystem, request }) {
    const { Uin: tenant, All, Limit: limit } = request;
    const requests = await inSystem((tx) => listRequests(tx, { tenant, waiting: !All, limit }));
    return {
      List: requests.map((each) => ({
        Uin: String(each.tenant),
        OrderId: each.orderId,
        InstanceId: each.instanceId,
        Quantity: each.quantity === undefined ? '' : String(each.quantity),
        Ground: each.ground,
        Reason: each.reason,
        AskedTime: toWireTime(each.askedAt, marketTimeZone),
        DecidedTime: each.decidedAt ? toWireTime(each.decidedAt, marketTimeZone) : '',
        Note: each.note,
      })),
    };
  },
});
