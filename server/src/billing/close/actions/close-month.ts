import { z } from 'zod';
import { operatorAction } from '../../../platform/action.ts';
import { monthField, yuan } from '../../actions/billing-fields.ts';
import type { ChargeSource } from '../charge-source.ts';
import { closeMonth } from '../close-month.ts';
import { toWireClose, wireClose } from './wire-close.ts';

const wireDifference = z.object({
  Uin: z.string(),
  OrderId: z.string(),
  BillIds: z.array(z.string()),
  Reason: z.string(),
  Billed: z.string(),
  Listed: z.string(),
  Ledger: z.string(),
  Ordered: z.string(),
});

/** The domains above tell what they have charged: whoever lists the actions names them. */
export function closeMonthAction(sources: readonly ChargeSource[]) {
  return operatorAction({
    api: 'wharfinger/2026-11-01',
    name: 'CloseMonth',
    summary:
      'Seals a month that is over and proves that bills = ledger = orders + charges - refunds; a difference is told, and nothing is closed.',
    request: z.strictObject({ Month: monthField }),
    response: z.object({
      Closed: z.boolean(),
      Close: wireClose.optional(),
      DifferenceCount: z.int(),
      Differences: z.array(wireDifference),
    }),
    ownTransactions: true,
    async handle({ platform, request, now }) {
      const outcome = await closeMonth(platform.database, request.Month, sources, now);
      if (outcome.closed) {
        return { Closed: true, Close: toWireClose(outcome.close), DifferenceCount: 0, Differences: [] };
      }
      return {
        Closed: false,
        DifferenceCount: outcome.differenceCount,
        Differences: outcome.differences.map((difference) => ({
          Uin: String(difference.tenant),
          OrderId: difference.orderId,
          BillIds: [...difference.billIds],
          Reason: difference.reason,
          Billed: yuan(difference.billed),
          Listed: yuan(difference.listed),
          Ledger: yuan(difference.ledger),
          Ordered: yuan(difference.ordered),
        })),
      };
    },
  });
}
