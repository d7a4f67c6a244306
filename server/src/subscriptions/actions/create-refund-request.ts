import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField, wireString } from '../../platform/wire-types.ts';
import { clientTokenField } from '../order-fields.ts';
import { askRefund } from '../refunds/refund.ts';
import { readSubscriptions } from '../subscription-store.ts';

const quantityField = z.int().min(1).optional();

export const createRefundRequest = action({
  api: 'wharfinger/2026-11-01',
  name: 'CreateRefundRequest',
  summary: 'Gives back surplus cores, capacity that is no longer needed, or without either the whole instance.',
  request: z.strictObject({
    InstanceId: stringField.min(1).max(128),
    Cores: quantityField,
    CapacityGB: quantityField,
    Reason: stringField.min(1).max(500),
    ClientToken: clientTokenField.optional(),
  }),
  response: z.object({ OrderIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request, platform }) {
    const { InstanceId: instanceId, Cores, CapacityGB, Reason: reason, ClientToken: clientToken } = request;
    const held = (await readSubscriptions(tx, tenant)).find((one) => one.instanceId === instanceId);
    if (!held) throw new ActionError('FailedOperation.NotAllowToRefund', `you have no instance ${instanceId}`);
    const fits = { Cores: held.product === 'professional', CapacityGB: held.product === 'log-analysis' };
    if ((Cores !== undefined && !fits.Cores) || (CapacityGB !== undefined && !fits.CapacityGB)) {
      throw new ActionError('InvalidParameter', 'Cores are of a professional edition, CapacityGB of log analysis');
    }
    const amount = Cores ?? CapacityGB;
    const quantity = amount === undefined ? undefined : BigInt(amount);
    const { holdNoReasonRefunds: holdNoReason } = platform.config;
    const fields = { instanceId, quantity, reason, regionCode: held.regionCode, clientToken, holdNoReason };
    return { OrderIdList: await askRefund({ tx, tenant, creator: caller.uin, now }, fields) };
  },
});
