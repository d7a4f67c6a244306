import { z } from 'zod';
import { productCode } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { payModeNames } from '../action-types.ts';
import { sumBills, type BillSums } from '../bill-store.ts';
import { businessName, monthField, yuan } from './billing-fields.ts';

const sums = {
  TotalCost: wireString,
  RealTotalCost: wireString,
  CashPayAmount: wireString,
  IncentivePayAmount: wireString,
  VoucherPayAmount: wireString,
  TransferPayAmount: wireString,
};

const business = z.object({ BusinessCode: wireString, BusinessCodeName: wireString, ...sums });

/** There is one product and no projects or tags, so most groupings have one group. */
export const describeBillSummary = action({
  api: 'billing/2018-07-09',
  name: 'DescribeBillSummary',
  summary: 'What a month has cost and who paid, in yuan, by product, project, region or pay mode.',
  request: z.strictObject({
    Month: monthField,
    GroupType: z.enum(['business', 'project', 'region', 'payMode', 'tag']),
    TagKey: z.array(stringField.max(128)).max(100).optional(),
    OperateUin: stringField.max(32).optional(),
    PayerUin: stringField.max(32).optional(),
  }),
  response: z.object({
    Ready: wireUint64,
    SummaryDetail: z.array(
      z.object({ GroupKey: wireString, GroupValue: wireString, ...sums, Business: z.array(business) }),
    ),
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request: { Month, GroupType, OperateUin, PayerUin } }) {
    if (GroupType === 'tag') throw new ActionError('FailedOperation.TagKeyNotExist', 'there are no tags on bills');
    const asksForOthers = [OperateUin, PayerUin].some((uin) => uin && uin !== String(tenant));
    const groups = asksForOthers
      ? []
      : await sumBills(tx, tenant, Month, GroupType === 'region' ? 'region_code' : 'pay_mode');
    return {
      Ready: 1,
      SummaryDetail: groups.map((group) => ({
        ...groupName(GroupType, group.key),
        ...toWireSums(group),
        Business: [{ BusinessCode: productCode, BusinessCodeName: businessName, ...toWireSums(group) }],
      })),
    };
  },
});

function groupName(type: 'business' | 'project' | 'region' | 'payMode', key: string) {
  if (type === 'business') return { GroupKey: productCode, GroupValue: businessName };
  if (type === 'project') return { GroupKey: '0', GroupValue: '' };
  if (type === 'region') return { GroupKey: key, GroupValue: key };
  return { GroupKey: key, GroupValue: key === 'prePay' ? payModeNames.prePay : payModeNames.postPay };
}

function toWireSums(group: BillSums) {
  return {
    TotalCost: yuan(group.original),
    RealTotalCost: yuan(group.real),
    CashPayAmount: yuan(group.cash),
    IncentivePayAmount: yuan(group.credit),
    VoucherPayAmount: yuan(group.voucher),
    TransferPayAmount: '0.00',
  };
}
