import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { createAccessKey } from '../access-keys.ts';
import { createAccount } from '../store.ts';

export const createAccountAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'CreateAccount',
  summary: 'Makes a main account and its first access key; the secret key is shown only here.',
  request: z.strictObject({ Email: z.email().max(254), Verified: z.boolean().default(false) }),
  response: z.object({ Uin: z.string(), SecretId: z.string(), SecretKey: z.string() }),
  handle({ inSystem, request, platform, now }) {
    return inSystem(async (tx) => {
      const account = await createAccount(tx, { email: request.Email, verified: request.Verified }, now);
      const key = await createAccessKey(tx, platform.secrets, account.uin, now);
      return { Uin: String(account.uin), SecretId: key.secretId, SecretKey: key.secretKey };
    });
  },
});
