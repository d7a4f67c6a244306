/** What was used and is paid afterwards: charged once, from what is there; the rest is a debt. */
import type { PriceLine } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { makeUsageBill, type UsageCharge } from './bill.ts';
import { insertBill } from './bill-store.ts';
import { book, findBooked } from './ledger.ts';
import { warnOfLowBalance } from './low-balance.ts';
import { planUsagePayment } from './payment-plan.ts';
import { lockWallet, readWallet } from './wallet.ts';

/**
 * Charges a price line under a key, once, and gives what is owed afterwards, in cents, and the id of the bill. A price
 * of nothing has a bill and books nothing.
 */
export async function chargeUsage(
  tx: AppTransaction,
  tenant: bigint,
  line: PriceLine,
  charge: UsageCharge,
  now: Temporal.Instant,
): Promise<{ billId: string; owed: bigint }> {
  await lockWallet(tx, tenant);
  if (await findBooked(tx, tenant, charge.idempotencyKey)) throw new Error(`${charge.idempotencyKey} was charged`);
  const wallet = await readWallet(tx, tenant);
  const plan = planUsagePayment(line.cents, wallet);
  const bill = makeUsageBill(tenant, line, charge, plan, now);
  await book(
    tx,
    tenant,
    {
      kind: 'charge',
      reference: bill.orderId,
      idempotencyKey: charge.idempotencyKey,
      entries: [
        { account: 'credit', cents: -plan.credit },
        { account: 'cash', cents: -plan.cash },
        { account: 'receivable', cents: -plan.owed },
        { account: `revenue/${line.product}`, cents: line.cents },
      ],
    },
    now,
  );
  await insertBill(tx, tenant, bill);
  await warnOfLowBalance(tx, tenant, wallet, now);
  return { billId: bill.billId, owed: wallet.owed + plan.owed };
}
