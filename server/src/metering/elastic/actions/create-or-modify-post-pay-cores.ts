import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { uint64Field } from '../../../platform/wire-types.ts';
import { setElasticCap } from '../../../subscriptions/index.ts';

export const createOrModifyPostPayCores = action({
  api: 'tcss/2020-11-01',
  name: 'CreateOrModifyPostPayCores',
  summary: 'Sets the elastic cap: how many cores beyond the licence may be charged in a day.',
  request: z.strictObject({ CoresCnt: uint64Field }),
  response: z.object({}),
  needs: { role: 'finance:write' },
  async handle({ tx, tenant, now, request }) {
    await setElasticCap({ tx, tenant, now }, request.CoresCnt);
    return {};
  },
});
