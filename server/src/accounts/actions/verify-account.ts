import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { setVerification } from '../store.ts';
import { accountFields, toAccountFields, uinField } from './account-fields.ts';

export const verifyAccount = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'VerifyAccount',
  summary: "Decides an account's real-name verification.",
  request: z.strictObject({
    Uin: uinField,
    Verification: z.enum(['pending', 'verified', 'rejected']).default('verified'),
    Reason: z.string().max(500).default(''),
  }),
  response: accountFields,
  handle({ inSystem, request }) {
    return inSystem(async (tx) =>
      toAccountFields(await setVerification(tx, request.Uin, request.Verification, request.Reason)),
    );
  },
});
