import { z } from 'zod';
import { checkProductCode, currentCatalog, termMonths } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { stringField, wireInt64, wireString } from '../../platform/wire-types.ts';
import { renewFlagField } from '../order-fields.ts';
import { stateAt } from '../lifecycle.ts';
import { readSubscriptions, updateRenewal } from '../subscription-store.ts';

const code = stringField.min(1).max(64);

export const setRenewal = action({
  api: 'billing/2018-07-09',
  name: 'SetRenewal',
  summary: 'Says what happens at the end of an instance: a renewal by itself, or not. Answers with failures only.',
  request: z.strictObject({
    ProductCode: code,
    RegionCode: code,
    InstanceId: stringField.min(1).max(128),
    RenewFlag: renewFlagField,
    RenewPeriod: z
      .string()
      .regex(/^[1-9]\d?$/, 'must be a number of months or years')
      .optional(),
    RenewPeriodUnit: z.enum(['m', 'y']).optional(),
  }),
  response: z.object({
    InstanceList: z.array(z.object({ Code: wireInt64, Message: wireString, InstanceId: wireString })),
  }),
  needs: { role: 'finance:write' },
  async handle({ tx, tenant, now, request }) {
    const { InstanceId: instanceId, RenewFlag: flag, RenewPeriod, RenewPeriodUnit } = request;
    const catalog = await currentCatalog(tx, now);
    checkProductCode(catalog, request.ProductCode);
    const subscription = (await readSubscriptions(tx, tenant)).find((each) => each.instanceId === instanceId);
    if (!subscription || stateAt(subscription, now) === 'destroyed') {
      return { InstanceList: [{ Code: 1, Message: 'you have no such instance', InstanceId: instanceId }] };
    }
    const period = RenewPeriod === undefined ? subscription.renewal.period : Number(RenewPeriod);
    const unit = RenewPeriodUnit ?? (RenewPeriod === undefined ? subscription.renewal.unit : 'm');
    if (period !== undefined) termMonths(catalog, 'renew', subscription.product, { length: period, unit });
    await updateRenewal(tx, tenant, instanceId, { flag, chosen: true, period, unit });
    return { InstanceList: [] };
  },
});
