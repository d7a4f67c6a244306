import { z } from 'zod';
import { readAccount, uinField } from '../../../accounts/index.ts';
import { operatorAction } from '../../../platform/action.ts';
import { lineField } from '../../../catalog/index.ts';
import { parkBilling } from '../park-billing.ts';

export const parkBillingAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ParkBilling',
  summary: 'From now on nothing is charged to an account: no elastic day, no renewal, no order.',
  request: z.strictObject({ Uin: uinField, Reason: lineField.min(1).max(500) }),
  response: z.object({ Uin: z.string(), ParkedTime: z.string() }),
  handle({ inTenant, request: { Uin: tenant, Reason: reason }, now }) {
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      await parkBilling(tx, tenant, { by: 'operator', reason }, now);
      return { Uin: String(tenant), ParkedTime: now.toString() };
    });
  },
});
