import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireTime } from '../../platform/wire-types.ts';
import { openTrial } from '../open-trial.ts';

export const openTcssTrial = action({
  api: 'tcss/2020-11-01',
  name: 'OpenTcssTrial',
  summary: 'Opens the free trial: once for a main account, which must be verified.',
  request: z.strictObject({}),
  response: z.object({ StartTime: wireTime, EndTime: wireTime }),
  needs: { verifiedAccount: true, role: 'resource:write' },
  async handle({ tx, tenant, now }) {
    const trial = await openTrial(tx, tenant, now);
    return {
      StartTime: toWireTime(trial.startedAt, marketTimeZone),
      EndTime: toWireTime(trial.endsAt, marketTimeZone),
    };
  },
});
