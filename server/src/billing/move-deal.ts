/** Moves an order along its table of moves. The wallet is locked by the transaction that does so. */
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce } from '../platform/events/index.ts';
import { dealStatus, nextStatus, type Deal, type DealEvent } from './deal.ts';
import { selectDeal, updateStatus } from './deal-store.ts';
import { clearTimer } from '../platform/timers/index.ts';
import { dealCancelled, dealExpired } from './events.ts';
import { lockWallet } from './wallet.ts';

/** The order of this number. Throws `FailedOperation.InvalidDeal` when there is none. */
export async function readDeal(tx: AppTransaction, tenant: bigint, orderId: string): Promise<Deal> {
  const deal = await selectDeal(tx, tenant, orderId);
  if (deal) return deal;
  throw new ActionError('FailedOperation.InvalidDeal', `there is no order ${orderId.slice(0, 64)}`);
}

/**
 * Moves an order on by one event or several at once, and gives it as it stands then. A move that the table does not have is
 * a fault of ours.
 */
export async function moveDeal(
  tx: AppTransaction,
  tenant: bigint,
  deal: Deal,
  events: DealEvent | readonly DealEvent[],
  change: { voucherCents?: bigint; refundedCents?: bigint; paidAt?: Temporal.Instant } = {},
): Promise<Deal> {
  let { status } = deal;
  for (const event of [events].flat()) {
    const next = nextStatus(status, event);
    if (next === undefined) throw new Error(`the order ${deal.orderId} at ${status} has no move "${event}"`);
    status = next;
  }
  return updateStatus(tx, tenant, deal.orderId, deal.status, { status, ...change });
}

/** Ends an order that was not paid in its time; false when it does not wait for payment. */
export async function expireUnpaid(tx: AppTransaction, tenant: bigint, orderId: string): Promise<boolean> {
  await lockWallet(tx, tenant);
  const deal = await readDeal(tx, tenant, orderId);
  if (deal.status !== dealStatus.unpaid) return false;
  await moveDeal(tx, tenant, deal, 'expire');
  const expiredAt = deal.expiresAt.toString();
  await announce({ tx, tenant, now: deal.expiresAt }, dealExpired, { orderId, expiredAt });
  return true;
}

/** Ends an order that its buyer wants no more. Throws `FailedOperation.InvalidDeal` when it does not wait for payment. */
export async function cancelUnpaid(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  now: Temporal.Instant,
): Promise<Deal> {
  await lockWallet(tx, tenant);
  const deal = await readDeal(tx, tenant, orderId);
  if (deal.status !== dealStatus.unpaid || Temporal.Instant.compare(now, deal.expiresAt) >= 0) {
    throw new ActionError('FailedOperation.InvalidDeal', `the order ${orderId} does not wait to be paid`);
  }
  const cancelled = await moveDeal(tx, tenant, deal, 'cancel');
  await clearTimer(tx, tenant, expiryTimer(orderId));
  await announce({ tx, tenant, now }, dealCancelled, { orderId, cancelledAt: now.toString() });
  return cancelled;
}

/** The key of the timer that ends an unpaid order. */
export function expiryTimer(orderId: string): string {
  return `billing/deal-expiry/${orderId}`;
}
