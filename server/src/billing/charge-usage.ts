/** What was used and is paid afterwards: charged once, from what is there; the rest is a debt. */
import type { PriceLine } from '../catalog/index.ts';
import type { SystemTransaction } from '../platform/database/index.ts';
import { makeUsageBill, type UsageCharge } from './bill.ts';
import { insertBills } from './bill-store.ts';
import { bookAll } from './ledger.ts';
import { warnOfLowBalances } from './low-balance.ts';
import { planUsagePayment } from './payment-plan.ts';
import { lockWallets, readWallets } from './wallet.ts';

/** What one tenant has used, with its price. */
export interface PricedUsage {
  readonly tenant: bigint;
  readonly line: PriceLine;
  readonly charge: UsageCharge;
}

/** What became of it: its bill, and what the tenant owes afterwards, in cents. */
export interface ChargedUsage {
  readonly tenant: bigint;
  readonly billId: string;
  readonly owed: bigint;
}

/**
 * Charges what tenants have used, each under its key, once: a key that was charged before fails all of them. At most one
 * for a tenant, because the next one finds another wallet. A price of nothing has a bill and books nothing.
 * So many statements for a thousand tenants as for one.
 */
export async function chargeUsageOf(
  tx: SystemTransaction,
  usages: readonly PricedUsage[],
  now: Temporal.Instant,
): Promise<ChargedUsage[]> {
  const tenants = usages.map(({ tenant }) => tenant);
  if (new Set(tenants).size < tenants.length) throw new Error('one use of a tenant is charged at a time');
  await lockWallets(tx, tenants);
  const wallet = await readWallets(tx, tenants);
  const charged = usages.map(({ tenant, line, charge }) => {
    const before = wallet(tenant);
    const plan = planUsagePayment(line.cents, before);
    const after = {
      credit: before.credit - plan.credit,
      cash: before.cash - plan.cash,
      owed: before.owed + plan.owed,
    };
    return { tenant, line, charge, plan, before, after, bill: makeUsageBill(tenant, line, charge, plan, now) };
  });
  await bookAll(
    tx,
    charged.map(({ tenant, line, charge, plan, bill }) => ({
      tenant,
      kind: 'charge',
      reference: bill.orderId,
      idempotencyKey: charge.idempotencyKey,
      entries: [
        { account: 'credit', cents: -plan.credit },
        { account: 'cash', cents: -plan.cash },
        { account: 'receivable', cents: -plan.owed },
        { account: `revenue/${line.product}`, cents: line.cents },
      ],
    })),
    now,
  );
  await insertBills(
    tx,
    charged.map(({ bill }) => bill),
  );
  await warnOfLowBalances(tx, charged, now);
  return charged.map(({ tenant, bill, after }) => ({ tenant, billId: bill.billId, owed: after.owed }));
}
