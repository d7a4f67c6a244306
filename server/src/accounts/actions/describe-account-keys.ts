import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { listAccessKeys } from '../access-keys.ts';
import { readAccount } from '../store.ts';
import { uinField } from './account-fields.ts';

export const describeAccountKeys = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeAccountKeys',
  summary: 'Lists the access keys of an account, without their secrets.',
  request: z.strictObject({ Uin: uinField }),
  response: z.object({
    List: z.array(z.object({ SecretId: z.string(), Enabled: z.boolean(), CreatedTime: z.string() })),
  }),
  handle({ inSystem, request }) {
    return inSystem(async (tx) => {
      const { uin } = await readAccount(tx, request.Uin);
      const keys = await listAccessKeys(tx, uin);
      return {
        List: keys.map((key) => ({
          SecretId: key.secretId,
          Enabled: key.enabled,
          CreatedTime: key.createdAt.toString(),
        })),
      };
    });
  },
});
