import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { enableAccessKey } from '../access-keys.ts';
import { uinField } from './account-fields.ts';

export const modifyAccountKey = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ModifyAccountKey',
  summary: 'Switches an access key on or off; requests signed with a key that is off are refused at once.',
  request: z.strictObject({ Uin: uinField, SecretId: z.string(), Enabled: z.boolean() }),
  response: z.object({}),
  handle({ inSystem, request }) {
    return inSystem(async (tx) => {
      await enableAccessKey(tx, request.Uin, request.SecretId, request.Enabled);
      return {};
    });
  },
});
