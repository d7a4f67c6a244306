import { z } from 'zod';
import { readAccount, uinField } from '../../../accounts/index.ts';
import { operatorAction } from '../../../platform/action.ts';
import { lineField } from '../../../catalog/index.ts';
import { unparkBilling } from '../park-billing.ts';

export const unparkBillingAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'UnparkBilling',
  summary: 'Charges an account again, and makes up for what fell due while it was parked, without asking the bounds.',
  request: z.strictObject({ Uin: uinField, Note: lineField.max(500).default('') }),
  response: z.object({ Uin: z.string(), ParkedTime: z.string(), UnparkedTime: z.string() }),
  handle({ inTenant, request: { Uin: tenant, Note: note }, now }) {
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      const { parkedAt } = await unparkBilling(tx, tenant, note, now);
      return { Uin: String(tenant), ParkedTime: parkedAt.toString(), UnparkedTime: now.toString() };
    });
  },
});
