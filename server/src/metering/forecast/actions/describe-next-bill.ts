import { z } from 'zod';
import { explainBill, toWireExplanation, wireExplanation } from '../../../billing/index.ts';
import { action } from '../../../platform/action.ts';
import { formatYuan, fromCents } from '../../../platform/money.ts';
import { marketTimeZone } from '../../../platform/platform.ts';
import { toWireTime, wireString, wireTime } from '../../../platform/wire-types.ts';
import { draftNextBills } from '../next-bill.ts';

const yuan = wireString.regex(/^\d+\.\d\d$/);

export const describeNextBill = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeNextBill',
  summary:
    'A dry run of the next charge at 02:00: the bills that it would make from what was sampled so far, opened to their parts, and what it would hold back. Nothing is charged.',
  request: z.strictObject({}),
  response: z.object({
    ChargeTime: wireTime,
    RealTotalCost: yuan,
    Bills: z.array(wireExplanation),
    /** From this day on nothing would be charged, for this reason: the account is parked, or would be. */
    HeldFrom: wireString,
    HeldReason: wireString,
    HeldCost: yuan,
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now }) {
    const { chargeAt, drafts, held } = await draftNextBills(tx, tenant, now);
    return {
      ChargeTime: toWireTime(chargeAt, marketTimeZone),
      RealTotalCost: formatYuan(fromCents(drafts.reduce((sum, { bill }) => sum + bill.realCents, 0n))),
      Bills: drafts.map(({ bill, owed }) => toWireExplanation(explainBill(bill, owed))),
      HeldFrom: held?.from.toString() ?? '',
      HeldReason: held?.reason ?? '',
      HeldCost: formatYuan(fromCents(held?.cents ?? 0n)),
    };
  },
});
