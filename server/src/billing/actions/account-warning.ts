/** The warning of a low balance, read and set: two actions with one form. */
import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { int64Field, uint64Field, wireString } from '../../platform/wire-types.ts';
import { readWarning, setWarning, type BalanceWarning } from '../wallet.ts';

const response = z.object({ Threshold: wireString, Open: wireString });

export const describeAccountWarning = action({
  api: 'billing/2018-07-09',
  name: 'DescribeAccountWarning',
  summary: 'The balance, in cents, below which a warning is sent, and whether it is on.',
  request: z.strictObject({}),
  response,
  needs: { role: 'finance:read' },
  handle: async ({ tx, tenant }) => toWire(await readWarning(tx, tenant)),
});

export const modifyAccountWarning = action({
  api: 'billing/2018-07-09',
  name: 'ModifyAccountWarning',
  summary: 'Sets the balance, in cents, below which a warning is sent, and switches it on or off.',
  request: z.strictObject({ Threshold: uint64Field, Open: int64Field.min(0).max(1) }),
  response,
  needs: { role: 'finance:write' },
  async handle({ tx, tenant, request }) {
    await setWarning(tx, tenant, { thresholdCents: BigInt(request.Threshold), open: request.Open === 1 });
    return toWire(await readWarning(tx, tenant));
  },
});

function toWire({ thresholdCents, open }: BalanceWarning): z.input<typeof response> {
  return { Threshold: String(thresholdCents), Open: open ? '1' : '0' };
}
