import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { createOperatorKey } from '../access-keys.ts';

export const createOperatorKeyAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'CreateOperatorKey',
  summary:
    'Makes a key with which the operator calls this service from another machine; the secret key is shown only here.',
  request: z.strictObject({}),
  response: z.object({ SecretId: z.string(), SecretKey: z.string() }),
  handle({ inSystem, platform, now }) {
    return inSystem(async (tx) => {
      const key = await createOperatorKey(tx, platform.secrets, now);
      return { SecretId: key.secretId, SecretKey: key.secretKey };
    });
  },
});
