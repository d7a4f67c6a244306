/** What was used and is paid afterwards: charged once, from what is there; the rest is a debt. */
import type { PriceLine } from '../catalog/index.ts';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { makeUsageBill, type Bill, type UsageCharge } from './bill.ts';
import { insertBills } from './bill-store.ts';
import { bookAll } from './ledger.ts';
import { warnOfLowBalances } from './low-balance.ts';
import { planUsagePayment } from './payment-plan.ts';
import { lockWallets, readWallet, readWallets, type Wallet } from './wallet.ts';

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
  const charged = usages.map((usage) => planCharge(usage, wallet(usage.tenant), now));
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

/** A bill that would be made, and what of it would be owed, in cents. */
export interface DraftedBill {
  readonly bill: Bill;
  readonly owed: bigint;
}

/**
 * The bills that these uses of one tenant would have if they were charged at an instant, one after the other, from what
 * is in the wallet now. Writes nothing.
 */
export async function draftUsageBills(
  tx: AppTransaction,
  usages: readonly PricedUsage[],
  at: Temporal.Instant,
): Promise<DraftedBill[]> {
  const [first] = usages;
  if (!first) return [];
  let wallet = await readWallet(tx, first.tenant);
  return usages.map((usage) => {
    const { bill, plan, after } = planCharge(usage, wallet, at);
    wallet = after;
    return { bill, owed: plan.owed };
  });
}

/** A use, paid from this wallet: its bill, and the wallet afterwards. */
function planCharge(usage: PricedUsage, before: Wallet, now: Temporal.Instant) {
  const { tenant, line, charge } = usage;
  const plan = planUsagePayment(line.cents, before);
  const after = {
    credit: before.credit - plan.credit,
    cash: before.cash - plan.cash,
    owed: before.owed + plan.owed,
  };
  return { ...usage, plan, before, after, bill: makeUsageBill(tenant, line, charge, plan, now) };
}
