import { z } from 'zod';
import { operatorAction } from '../../../platform/action.ts';
import { listCloses } from '../close-store.ts';
import { toWireClose, wireClose } from './wire-close.ts';

export const describeMonthCloses = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeMonthCloses',
  summary: 'The months that were closed, newest first, with what was proved of them.',
  request: z.strictObject({}),
  response: z.object({ List: z.array(wireClose) }),
  handle: ({ inSystem }) => inSystem(async (tx) => ({ List: (await listCloses(tx)).map(toWireClose) })),
});
