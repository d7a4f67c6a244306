import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { int64Field, stringField, wireInt64 } from '../../platform/wire-types.ts';
import { dealStatus } from '../deal.ts';
import { listDeals } from '../deal-store.ts';
import { timeField } from './billing-fields.ts';
import { toWireDeal, wireDeal } from './wire-deal.ts';

const statusField = z.literal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 30]);
const idField = stringField.max(128).optional();

/** `Offset` is the number of a page, from 0. Without a status only what was delivered is listed. */
export const describeDealsByCond = action({
  api: 'billing/2018-07-09',
  name: 'DescribeDealsByCond',
  summary: 'Lists orders that were made in a time, newest first.',
  request: z.strictObject({
    StartTime: timeField,
    EndTime: timeField,
    Limit: int64Field.min(1).max(1000),
    Offset: int64Field.min(0).max(1_000_000).default(0),
    Status: statusField.optional(),
    OrderId: idField,
    BigDealId: idField,
    ResourceId: idField,
    StatusSet: z.array(statusField).max(20).optional(),
  }),
  response: z.object({ Deals: z.array(wireDeal), TotalCount: wireInt64 }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request }) {
    const { StatusSet = [], Status = dealStatus.delivered, Limit, Offset } = request;
    const filters = {
      from: request.StartTime,
      until: request.EndTime,
      statuses: StatusSet.length > 0 ? StatusSet : [Status],
      orderId: given(request.OrderId),
      bigDealId: given(request.BigDealId),
      instanceId: given(request.ResourceId),
    };
    const { deals, total } = await listDeals(tx, tenant, filters, { offset: Offset * Limit, limit: Limit });
    return { Deals: deals.map((deal) => toWireDeal(tenant, deal)), TotalCount: total };
  },
});

/** Clients send empty text for what they do not ask for. */
function given(id: string | undefined): string | undefined {
  return id === '' ? undefined : id;
}
