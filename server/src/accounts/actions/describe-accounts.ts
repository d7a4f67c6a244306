import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { listAccounts } from '../store.ts';
import { accountFields, toAccountFields } from './account-fields.ts';

export const describeAccounts = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeAccounts',
  summary: 'Lists the main accounts, oldest first.',
  request: z.strictObject({
    Offset: z.int().min(0).default(0),
    Limit: z.int().min(1).max(1000).default(100),
  }),
  response: z.object({ List: z.array(accountFields) }),
  handle({ inSystem, request }) {
    return inSystem(async (tx) => ({
      List: (await listAccounts(tx, request.Offset, request.Limit)).map(toAccountFields),
    }));
  },
});
