import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { monthField } from '../../actions/billing-fields.ts';
import { exportBills } from '../export-bills.ts';
import { formatField, toWireFile, wireFile } from './bill-file-fields.ts';

export const exportBillsAction = action({
  api: 'wharfinger/2026-11-01',
  name: 'ExportBills',
  summary: 'All bills and credit notes of a month as one CSV or PDF file, in base64.',
  request: z.strictObject({ Month: monthField, Format: formatField }),
  response: wireFile,
  needs: { role: 'finance:read' },
  handle: async ({ tx, tenant, request }) => toWireFile(await exportBills(tx, tenant, request.Month, request.Format)),
});
