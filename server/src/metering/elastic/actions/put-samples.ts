import { z } from 'zod';
import { readAccount, uinField } from '../../../accounts/index.ts';
import { operatorAction } from '../../../platform/action.ts';
import { ActionError } from '../../../platform/errors.ts';
import { marketTimeZone } from '../../../platform/platform.ts';
import { recordEnvironmentCores } from '../../../subscriptions/index.ts';
import { mostCores, recordSample } from '../counted-cores.ts';
import { nextFullHour } from '../rules.ts';

/** The test source of counted cores. */
export const putSamples = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'PutSamples',
  summary: 'Under a test clock: from the next full hour on the counted cores of an account are so many.',
  request: z.strictObject({ Uin: uinField, Cores: z.int().min(0).max(mostCores) }),
  response: z.object({ Uin: z.string(), Cores: z.int(), From: z.string() }),
  async handle({ inTenant, request, now, platform }) {
    if (platform.clock.mode !== 'test') {
      throw new ActionError('OperationDenied.NoTestClock', 'counted cores are put by hand under a test clock only');
    }
    const { Uin: tenant, Cores: cores } = request;
    const from = nextFullHour(now, marketTimeZone);
    await inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      await recordSample(tx, tenant, { from, cores: BigInt(cores), source: { kind: 'put by hand' } });
      // It stands for the asset history as well, in which a refund of cores looks for destroyed hosts.
      await recordEnvironmentCores(tx, tenant, { at: from, cores: BigInt(cores) });
    });
    return { Uin: String(tenant), Cores: cores, From: from.toString() };
  },
});
