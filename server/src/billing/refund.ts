/** Refunds on the side of money: their orders wait in status 13 until they are granted or rejected. */
import type { AppTransaction } from '../platform/database/index.ts';
import { announce } from '../platform/events/index.ts';
import { makeCreditNote, readBill, type LinePayment, type RefundedLine } from './bill.ts';
import { insertBill, readBillDocument } from './bill-store.ts';
import { settle } from './credit.ts';
import { dealStatus, type Deal, type NewDeal } from './deal.ts';
import { insertDeal } from './deal-store.ts';
import { credited } from './events.ts';
import { book } from './ledger.ts';
import { moveDeal } from './move-deal.ts';
import { lockWallet } from './wallet.ts';

/** How each line of an order was paid, in their order, as its bill keeps it. */
export async function readLinePayments(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
): Promise<readonly LinePayment[]> {
  const document = await readBillDocument(tx, tenant, orderId);
  return document === undefined ? [] : readBill(document).payments;
}

/** Places the order of a refund; its lines say what is to go back into the wallet. */
export async function placeRefund(
  tx: AppTransaction,
  tenant: bigint,
  order: Omit<NewDeal, 'action'>,
  now: Temporal.Instant,
): Promise<Deal> {
  await lockWallet(tx, tenant);
  return insertDeal(
    tx,
    tenant,
    // It waits for a decision, not for a payment: nothing ends it by time.
    { ...order, action: 'refund', createdAt: now, expiresAt: now.add({ hours: 24 }) },
    dealStatus.refunding,
  );
}

/**
 * Books a refund the way the money came, makes its credit note, and ends its order. What comes back pays a debt first, and
 * who waits for money may try again.
 */
export async function grantRefund(
  tx: AppTransaction,
  tenant: bigint,
  deal: Deal,
  lines: readonly RefundedLine[],
  now: Temporal.Instant,
): Promise<void> {
  await lockWallet(tx, tenant);
  const { orderId, product } = deal;
  const credit = lines.reduce((sum, { back }) => sum + back.credit, 0n);
  const cash = lines.reduce((sum, { back }) => sum + back.cash, 0n);
  if (credit < 0n || cash < 0n || credit + cash > deal.realCents) throw new RangeError(`${orderId} refunds too much`);
  await moveDeal(tx, tenant, deal, 'grant-refund', { paidAt: now, refundedCents: credit + cash });
  const entries = [
    { account: 'credit', cents: credit },
    { account: 'cash', cents: cash },
    { account: `refunds/${product}`, cents: -credit - cash },
  ] as const;
  const key = `refund/${orderId}`;
  const booked = await book(tx, tenant, { kind: 'refund', reference: orderId, idempotencyKey: key, entries }, now);
  await insertBill(tx, tenant, makeCreditNote(tenant, deal, lines, now));
  if (booked === undefined) return;
  await settle(tx, tenant, key, now);
  const kind = cash > 0n ? 'cash' : 'credit';
  await announce({ tx, tenant, now }, credited, { kind, cents: String(credit + cash), at: now.toString() });
}

/** Ends the order of a refund that is not granted. */
export async function rejectRefund(tx: AppTransaction, tenant: bigint, deal: Deal): Promise<void> {
  await lockWallet(tx, tenant);
  await moveDeal(tx, tenant, deal, 'reject-refund');
}
