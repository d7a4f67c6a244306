import { z } from 'zod';
import { operatorAction } from '../action.ts';

export const rotateMasterKey = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'RotateMasterKey',
  summary: "Adds a master key and wraps every account's data keys by it.",
  request: z.strictObject({}),
  response: z.object({ MasterKeyId: z.string(), Rewrapped: z.int() }),
  handle({ inSystem, platform }) {
    return inSystem(async (tx) => {
      const { masterKeyId, rewrapped } = await platform.secrets.rotate(tx);
      return { MasterKeyId: masterKeyId, Rewrapped: rewrapped };
    });
  },
});
