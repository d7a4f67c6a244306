import { z } from 'zod';
import { readAccount, uinField } from '../../../accounts/index.ts';
import { operatorAction } from '../../../platform/action.ts';
import { billIdField } from '../../documents/actions/bill-file-fields.ts';
import { readExplanation } from '../read-explanation.ts';
import { toWireExplanation, wireExplanation } from '../wire-explanation.ts';

export const explainAccountBill = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ExplainAccountBill',
  summary: 'A bill or credit note of an account opened to its parts, as ExplainBill does.',
  request: z.strictObject({ Uin: uinField, BillId: billIdField }),
  response: wireExplanation,
  handle({ inTenant, request: { Uin: tenant, BillId } }) {
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      return toWireExplanation(await readExplanation(tx, tenant, BillId));
    });
  },
});
