import { z } from 'zod';
import { checkProductCode, currentCatalog, readSubProductCode } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField, wireString } from '../../platform/wire-types.ts';
import { clientTokenField, renewalFields } from '../order-fields.ts';
import { askRefund } from '../refunds/refund.ts';
import { readSubscriptions } from '../subscription-store.ts';

const { ProductCode, SubProductCode, RegionCode } = renewalFields;

export const refundInstance = action({
  api: 'billing/2018-07-09',
  name: 'RefundInstance',
  summary: 'Gives a whole instance back: at once where no reason is needed, else when the operator decides.',
  request: z.strictObject({
    ClientToken: clientTokenField,
    ProductCode,
    SubProductCode,
    InstanceId: stringField.min(1).max(128),
    RegionCode,
  }),
  response: z.object({ OrderIdList: z.array(wireString) }),
  needs: { verifiedAccount: true, role: 'finance:write' },
  async handle({ tx, tenant, caller, now, request, platform }) {
    const catalog = await currentCatalog(tx, now);
    checkProductCode(catalog, request.ProductCode);
    const product = readSubProductCode(catalog, request.SubProductCode);
    const all = await readSubscriptions(tx, tenant);
    if (!all.some((held) => held.instanceId === request.InstanceId && held.product === product)) {
      throw new ActionError(
        'FailedOperation.NotAllowToRefund',
        `you have no instance ${request.InstanceId} of this product`,
      );
    }
    const fields = {
      instanceId: request.InstanceId,
      reason: '',
      regionCode: request.RegionCode,
      clientToken: request.ClientToken,
      holdNoReason: platform.config.holdNoReasonRefunds,
    };
    return { OrderIdList: await askRefund({ tx, tenant, creator: caller.uin, now }, fields) };
  },
});
