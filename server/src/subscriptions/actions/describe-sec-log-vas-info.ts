import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { buyStatus, isWorking } from '../purchase-state.ts';
import { readTrial } from '../store.ts';
import { quantityInForce } from '../subscription.ts';
import { readSubscriptions } from '../subscription-store.ts';
import { trialState } from '../trial.ts';

/**
 * How long logs are to be kept, which is the law's least, and what a capacity is recommended for; whether it suffices is
 * told where logs are kept. Source: product rules, 5.
 */
const retentionMonths = 6;
/** `SourceType` of the wire. */
const sourceTypes = { paid: 0, trial: 1 } as const;

export const describeSecLogVasInfo = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeSecLogVasInfo',
  summary: 'Log analysis: what is bought and given, in gigabytes, and for how long.',
  request: z.strictObject({}),
  response: z.object({
    BuyStatus: wireString,
    LogSaveMonth: wireInt64,
    StartTime: wireString,
    EndTime: wireString,
    LogCapacity: wireUint64,
    ResourceID: wireString,
    IsPurchased: wireBool,
    TrialCapacity: wireUint64,
    ResourceDetailList: z.array(
      z.object({
        ResourceId: wireString,
        StartTime: wireString,
        EndTime: wireString,
        SourceType: wireUint64,
        InquireNum: wireUint64,
      }),
    ),
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const logs = (await readSubscriptions(tx, tenant)).find(({ product }) => product === 'log-analysis');
    const status = buyStatus(logs, now);
    const living = status === 'Pending' ? undefined : logs;
    const capacity = living && isWorking(living, now) ? quantityInForce(living, now) : 0n;
    const trial = await readTrial(tx, tenant);
    const gift = trial && trialState(trial, now) === 'active' ? trial : undefined;
    const paid = living && {
      ResourceId: living.instanceId,
      ...times(living.startedAt, living.endsAt),
      SourceType: sourceTypes.paid,
      InquireNum: capacity,
    };
    const given = gift && {
      ResourceId: '',
      ...times(gift.startedAt, gift.endsAt),
      SourceType: sourceTypes.trial,
      InquireNum: gift.gift.logGigabytes,
    };
    return {
      BuyStatus: status,
      LogSaveMonth: retentionMonths,
      ...times(living?.startedAt, living?.endsAt),
      LogCapacity: capacity,
      ResourceID: living?.instanceId ?? '',
      IsPurchased: logs !== undefined,
      TrialCapacity: gift?.gift.logGigabytes ?? 0,
      ResourceDetailList: [paid, given].filter((detail) => detail !== undefined),
    };
  },
});

function times(from: Temporal.Instant | undefined, until: Temporal.Instant | undefined) {
  return { StartTime: toWireTime(from, marketTimeZone), EndTime: toWireTime(until, marketTimeZone) };
}
