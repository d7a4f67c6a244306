import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { createExport } from '../ends/export/make-export.ts';

export const createExportJob = action({
  api: 'wharfinger/2026-11-01',
  name: 'CreateExportJob',
  summary: 'Begins to make an archive of everything that the account has; one at a time, the newest can be fetched.',
  request: z.strictObject({}),
  response: z.object({ JobId: wireUint64 }),
  needs: { role: 'account:write' },
  handle: async ({ tx, tenant, now }) => ({ JobId: await createExport(tx, tenant, now) }),
});
