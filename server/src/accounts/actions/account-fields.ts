/** Fields that several account actions share. */
import { z } from 'zod';
import type { Account } from '../store.ts';
import { verificationStates } from '../verification.ts';

/** A Uin as a JSON string of 12 digits: JSON readers in other languages may take numbers for floats. */
export const uinField = z
  .string()
  .regex(/^[1-9]\d{11}$/, 'a Uin has 12 digits')
  .transform(BigInt);

export const accountFields = z.object({
  Uin: z.string(),
  Email: z.string(),
  Verification: z.enum(verificationStates),
  VerificationReason: z.string(),
  CreatedTime: z.string(),
});

export function toAccountFields(account: Account): z.input<typeof accountFields> {
  return {
    Uin: String(account.uin),
    Email: account.email,
    Verification: account.verification,
    VerificationReason: account.verificationReason,
    CreatedTime: account.createdAt.toString(),
  };
}
