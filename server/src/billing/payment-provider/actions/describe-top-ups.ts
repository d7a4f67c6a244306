import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { uint64Field, wireUint64 } from '../../../platform/wire-types.ts';
import { listTopUps } from '../top-up-store.ts';
import { toWireTopUp, wireTopUp } from './wire-top-up.ts';

export const describeTopUps = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeTopUps',
  summary: 'What was to be paid in by the payment provider, newest first, and what became of it.',
  request: z.strictObject({ Offset: uint64Field.default(0), Limit: uint64Field.min(1).max(100).default(20) }),
  response: z.object({ List: z.array(wireTopUp), TotalCount: wireUint64 }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request }) {
    const { topUps, total } = await listTopUps(tx, tenant, { offset: request.Offset, limit: request.Limit });
    return { List: topUps.map(toWireTopUp), TotalCount: total };
  },
});
