import { z } from 'zod';
import { productNames } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { stringField, toWireTime, uint64Field, wireString, wireTime, wireUint64 } from '../../platform/wire-types.ts';
import { stateAt } from '../lifecycle.ts';
import { renewFlagField } from '../order-fields.ts';
import type { Subscription } from '../subscription.ts';
import { readSubscriptions } from '../subscription-store.ts';

const timeField = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'must be a time such as 2026-03-01 00:00:00');

export const describeRenewInstances = action({
  api: 'billing/2018-07-09',
  name: 'DescribeRenewInstances',
  summary: 'The instances that can be renewed, the one that ends first before the others.',
  request: z.strictObject({
    MaxResults: uint64Field.min(1).max(100),
    NextToken: stringField.max(64).optional(),
    Reverse: z.boolean().optional(),
    RenewFlagList: z.array(renewFlagField).max(10).optional(),
    InstanceIdList: z.array(stringField.max(128)).max(100).optional(),
    ExpireTimeStart: timeField.optional(),
    ExpireTimeEnd: timeField.optional(),
  }),
  response: z.object({
    InstanceList: z.array(
      z.object({
        InstanceId: wireString,
        ProductCode: wireString,
        SubProductCode: wireString,
        RegionCode: wireString,
        Status: z.enum(['NORMAL', 'ISOLATED']),
        RenewFlag: wireString,
        ExpireTime: wireTime,
        InstanceName: wireString,
        ProductName: wireString,
        ProjectName: wireString,
        RenewPeriod: wireUint64,
        RenewPeriodUnit: wireString,
      }),
    ),
    NextToken: wireString,
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now, request }) {
    const { MaxResults, NextToken, Reverse, RenewFlagList, InstanceIdList, ExpireTimeStart, ExpireTimeEnd } = request;
    const found = (await readSubscriptions(tx, tenant))
      .filter((each) => ['active', 'isolated'].includes(stateAt(each, now)))
      .filter(({ renewal }) => !RenewFlagList?.length || RenewFlagList.includes(renewal.flag))
      .filter(({ instanceId }) => !InstanceIdList?.length || InstanceIdList.includes(instanceId))
      // Times of one form compare as text.
      .filter((each) => ExpireTimeStart === undefined || expireTime(each) >= ExpireTimeStart)
      .filter((each) => ExpireTimeEnd === undefined || expireTime(each) <= ExpireTimeEnd)
      .toSorted((a, b) => compareText(sortKey(a), sortKey(b)) * (Reverse ? -1 : 1));
    // The token names the last one that was shown, so that what ends meanwhile moves nothing.
    const after = NextToken ? found.findIndex(({ instanceId }) => instanceId === NextToken) + 1 : 0;
    const page = found.slice(after, after + MaxResults);
    return {
      InstanceList: page.map((each) => ({
        InstanceId: each.instanceId,
        ProductCode: each.productCode,
        SubProductCode: each.subProductCode,
        RegionCode: each.regionCode,
        Status: stateAt(each, now) === 'active' ? ('NORMAL' as const) : ('ISOLATED' as const),
        RenewFlag: each.renewal.flag,
        ExpireTime: expireTime(each),
        InstanceName: each.instanceId,
        ProductName: productNames[each.product],
        ProjectName: '',
        RenewPeriod: each.renewal.period ?? 1,
        RenewPeriodUnit: each.renewal.unit,
      })),
      NextToken: found.length > after + page.length ? (page.at(-1)?.instanceId ?? '') : '',
    };
  },
});

function expireTime({ endsAt }: Subscription): string {
  return toWireTime(endsAt, marketTimeZone);
}

function sortKey(subscription: Subscription): string {
  return `${expireTime(subscription)} ${subscription.instanceId}`;
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
