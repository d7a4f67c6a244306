import { z } from 'zod';
import { readAccount, uinField } from '../../accounts/index.ts';
import { operatorAction } from '../../platform/action.ts';
import { topUp } from '../credit.ts';
import { available, readWallet } from '../wallet.ts';
import { idempotencyKeyField, yuan, yuanField } from './billing-fields.ts';

export const topUpAccount = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'TopUpAccount',
  summary: 'Adds money that an account has paid, or credit that it is granted; a debt is settled first.',
  request: z.strictObject({
    Uin: uinField,
    Amount: yuanField,
    Kind: z.enum(['cash', 'credit']).default('cash'),
    IdempotencyKey: idempotencyKeyField,
  }),
  response: z.object({ Uin: z.string(), TransactionId: z.string(), Balance: z.string() }),
  handle({ inTenant, request, now }) {
    const { Uin: tenant, Amount: cents, Kind: kind, IdempotencyKey: idempotencyKey } = request;
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      const id = await topUp(tx, tenant, { kind, cents, idempotencyKey }, now);
      const balance = yuan(available(await readWallet(tx, tenant)));
      return { Uin: String(tenant), TransactionId: String(id), Balance: balance };
    });
  },
});
