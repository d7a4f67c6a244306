import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { billIdField } from '../../documents/actions/bill-file-fields.ts';
import { readExplanation } from '../read-explanation.ts';
import { toWireExplanation, wireExplanation } from '../wire-explanation.ts';

export const explainBillAction = action({
  api: 'wharfinger/2026-11-01',
  name: 'ExplainBill',
  summary:
    'A bill or credit note opened to its parts: price and its version, quantity, share, promotions, rounding, who paid, and each hour that was measured.',
  request: z.strictObject({ BillId: billIdField }),
  response: wireExplanation,
  needs: { role: 'finance:read' },
  handle: async ({ tx, tenant, request }) => toWireExplanation(await readExplanation(tx, tenant, request.BillId)),
});
