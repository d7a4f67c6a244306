import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { createAccessKey } from '../access-keys.ts';
import { readAccount } from '../store.ts';
import { uinField } from './account-fields.ts';

export const createAccountKey = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'CreateAccountKey',
  summary: 'Makes another access key of an account; the secret key is shown only here.',
  request: z.strictObject({ Uin: uinField }),
  response: z.object({ SecretId: z.string(), SecretKey: z.string() }),
  handle({ inSystem, request, platform, now }) {
    return inSystem(async (tx) => {
      const { uin } = await readAccount(tx, request.Uin);
      const key = await createAccessKey(tx, platform.secrets, uin, now);
      return { SecretId: key.secretId, SecretKey: key.secretKey };
    });
  },
});
