import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { exportBill } from '../export-bills.ts';
import { billIdField, formatField, toWireFile, wireFile } from './bill-file-fields.ts';

export const exportBillAction = action({
  api: 'wharfinger/2026-11-01',
  name: 'ExportBill',
  summary: 'One bill or credit note as a CSV or PDF file, in base64; made again it has the same bytes.',
  request: z.strictObject({ BillId: billIdField, Format: formatField }),
  response: wireFile,
  needs: { role: 'finance:read' },
  handle: async ({ tx, tenant, request }) => toWireFile(await exportBill(tx, tenant, request.BillId, request.Format)),
});
