import { z } from 'zod';
import { readAccount, uinField } from '../../accounts/index.ts';
import { products, subProductCodes } from '../../catalog/index.ts';
import { operatorAction } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { grantVoucher } from '../credit.ts';
import { idempotencyKeyField, timeField, yuanField } from './billing-fields.ts';

export const grantVoucherAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'GrantVoucher',
  summary: 'Grants an account a voucher that pays for orders until it ends; without products for all of them.',
  request: z.strictObject({
    Uin: uinField,
    Amount: yuanField,
    BeginTime: timeField.optional(),
    EndTime: timeField,
    SubProductCodes: z
      .array(z.enum(Object.values(subProductCodes)))
      .max(products.length)
      .default([]),
    IdempotencyKey: idempotencyKeyField,
  }),
  response: z.object({ Uin: z.string(), VoucherId: z.string() }),
  handle({ inTenant, request, now }) {
    const { Uin: tenant, Amount: nominalCents, BeginTime: beginsAt = now, EndTime: endsAt, SubProductCodes } = request;
    if (Temporal.Instant.compare(endsAt, beginsAt) <= 0 || Temporal.Instant.compare(endsAt, now) <= 0) {
      throw new ActionError('InvalidParameterValue', 'EndTime must lie in the future, and after BeginTime');
    }
    const paysFor = products.filter((product) => SubProductCodes.includes(subProductCodes[product]));
    const grant = { nominalCents, products: paysFor, beginsAt, endsAt, idempotencyKey: request.IdempotencyKey };
    return inTenant(tenant, async (tx) => {
      await readAccount(tx, tenant);
      return { Uin: String(tenant), VoucherId: await grantVoucher(tx, tenant, grant, now) };
    });
  },
});
