/** A closed month on the wire: amounts are decimal text in yuan. */
import { z } from 'zod';
import { yuan } from '../../actions/billing-fields.ts';
import type { MonthClose } from '../close-store.ts';

export const wireClose = z.object({
  Month: z.string(),
  ClosedTime: z.string(),
  AccountCount: z.int(),
  BillCount: z.int(),
  Bills: z.string(),
  Ledger: z.string(),
  Orders: z.string(),
  Charges: z.string(),
  Refunds: z.string(),
  Digest: z.string(),
});

export function toWireClose(close: MonthClose): z.input<typeof wireClose> {
  return {
    Month: close.month,
    ClosedTime: close.closedAt.toString(),
    AccountCount: close.accounts,
    BillCount: Number(close.billCount),
    Bills: yuan(close.bills),
    Ledger: yuan(close.ledger),
    Orders: yuan(close.orders),
    Charges: yuan(close.charges),
    Refunds: yuan(close.refunds),
    Digest: close.digest,
  };
}
