/** How a price is paid: chosen vouchers first, then granted credit, then cash. Pure; all amounts are cents. */
import type { LedgerEntry } from './ledger.ts';
import type { Wallet } from './wallet.ts';

/** A voucher that may pay, with what is left on it. */
export interface SpendableVoucher {
  readonly id: string;
  readonly cents: bigint;
}

/** What each source pays; the parts add up to the price. */
export interface PaymentPlan {
  readonly vouchers: readonly SpendableVoucher[];
  readonly credit: bigint;
  readonly cash: bigint;
}

/**
 * Splits a price over the sources, vouchers in the given order; undefined when they do not suffice. Who owes something
 * pays with vouchers only: cash and credit settle the debt first, so none of them is left.
 */
export function planPayment(
  cents: bigint,
  wallet: Wallet,
  vouchers: readonly SpendableVoucher[],
): PaymentPlan | undefined {
  let left = cents;
  const take = (from: bigint) => {
    const taken = from < left ? from : left;
    left -= taken;
    return taken;
  };
  const byVoucher = vouchers.map(({ id, cents: on }) => ({ id, cents: take(on) })).filter((part) => part.cents > 0n);
  const [credit, cash] = wallet.owed > 0n ? [0n, 0n] : [take(wallet.credit), take(wallet.cash)];
  return left === 0n ? { vouchers: byVoucher, credit, cash } : undefined;
}

/** What vouchers pay of a plan. */
export function voucherPart(plan: PaymentPlan): bigint {
  return plan.vouchers.reduce((sum, { cents }) => sum + cents, 0n);
}

/** The ledger's side of a plan: what each source gives. */
export function paymentEntries(plan: PaymentPlan): LedgerEntry[] {
  return [
    ...plan.vouchers.map(({ id, cents }) => ({ account: `voucher/${id}` as const, cents: -cents })),
    { account: 'credit', cents: -plan.credit },
    { account: 'cash', cents: -plan.cash },
  ];
}

/** What comes in pays a debt first: what is taken from credit and from cash for it. */
export function settleDebt(wallet: Wallet): { credit: bigint; cash: bigint } {
  const credit = wallet.credit < wallet.owed ? wallet.credit : wallet.owed;
  const rest = wallet.owed - credit;
  return { credit, cash: wallet.cash < rest ? wallet.cash : rest };
}

/** How a use is paid that has happened already: by granted credit, then by cash; what they do not cover is owed. */
export function planUsagePayment(cents: bigint, wallet: Wallet): { credit: bigint; cash: bigint; owed: bigint } {
  const credit = wallet.credit < cents ? wallet.credit : cents;
  const rest = cents - credit;
  const cash = wallet.cash < rest ? wallet.cash : rest;
  return { credit, cash, owed: rest - cash };
}
