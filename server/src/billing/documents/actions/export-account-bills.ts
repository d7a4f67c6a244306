import { z } from 'zod';
import { readAccount, uinField } from '../../../accounts/index.ts';
import { operatorAction } from '../../../platform/action.ts';
import { ActionError } from '../../../platform/errors.ts';
import { monthField } from '../../actions/billing-fields.ts';
import { exportBill, exportBills } from '../export-bills.ts';
import { billIdField, formatField, toWireFile, wireFile } from './bill-file-fields.ts';

export const exportAccountBills = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'ExportAccountBills',
  summary: 'One bill of an account, or all of a month, as a CSV or PDF file, in base64.',
  request: z.strictObject({
    Uin: uinField,
    BillId: billIdField.optional(),
    Month: monthField.optional(),
    Format: formatField,
  }),
  response: wireFile,
  handle({ inTenant, request: { Uin: tenant, BillId, Month, Format } }) {
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      if (BillId !== undefined && Month === undefined) return toWireFile(await exportBill(tx, tenant, BillId, Format));
      if (Month !== undefined && BillId === undefined) return toWireFile(await exportBills(tx, tenant, Month, Format));
      throw new ActionError('InvalidParameter', 'give either BillId or Month');
    });
  },
});
