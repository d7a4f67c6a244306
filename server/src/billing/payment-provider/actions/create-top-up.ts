import { z } from 'zod';
import { outsideAction } from '../../../platform/action.ts';
import { idempotencyKeyField, yuanField } from '../../actions/billing-fields.ts';
import { createTopUp } from '../create-top-up.ts';
import { toWireTopUp, wireTopUp } from './wire-top-up.ts';

export const createTopUpAction = outsideAction({
  api: 'wharfinger/2026-11-01',
  name: 'CreateTopUp',
  summary: 'Asks the payment provider for a page on which money is paid into the wallet.',
  request: z.strictObject({ Amount: yuanField, IdempotencyKey: idempotencyKeyField }),
  response: wireTopUp,
  needs: { role: 'finance:write' },
  async handle({ platform, tenant, request }) {
    const wish = { cents: request.Amount, idempotencyKey: request.IdempotencyKey };
    return toWireTopUp(await createTopUp(platform, tenant, wish));
  },
});
