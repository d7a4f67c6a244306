import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { findBill } from '../bill-store.ts';
import { listEntriesFor } from '../ledger.ts';
import { explainBill, type BillExplanation } from './explain-bill.ts';

/** A bill of this tenant, opened to its parts. Throws `ResourceNotFound`. */
export async function readExplanation(tx: AppTransaction, tenant: bigint, billId: string): Promise<BillExplanation> {
  const bill = await findBill(tx, tenant, billId);
  if (!bill) throw new ActionError('ResourceNotFound', `there is no bill ${billId.slice(0, 64)}`);
  const entries = await listEntriesFor(tx, tenant, bill.orderId, bill.billedAt);
  const owed = entries.reduce((sum, { account, cents }) => (account === 'receivable' ? sum - cents : sum), 0n);
  return explainBill(bill, owed);
}
