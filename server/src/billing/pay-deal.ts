/** An order is paid once and delivered in the same transaction: both or neither. */
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce, type Occasion } from '../platform/events/index.ts';
import { formatYuan, fromCents } from '../platform/money.ts';
import { clearTimer } from '../platform/timers/index.ts';
import { makeBill } from './bill.ts';
import { insertBill } from './bill-store.ts';
import { dealStatus, nextStatus, type Deal } from './deal.ts';
import { updateService } from './deal-store.ts';
import { dealPaid, type DealPaid } from './events.ts';
import { book } from './ledger.ts';
import { warnOfLowBalance } from './low-balance.ts';
import { expiryTimer, moveDeal, readDeal } from './move-deal.ts';
import { requireNotParked } from './parking/park-billing.ts';
import { paymentEntries, planPayment, voucherPart, type PaymentPlan } from './payment-plan.ts';
import { spendableVouchers, type VoucherChoice } from './vouchers.ts';
import { available, lockWallet, readWallet, type Wallet } from './wallet.ts';

/**
 * Pays an order and has it delivered. Throws `FailedOperation.BalanceInsufficient`, `FailedOperation.InvalidVoucher`,
 * `FailedOperation.BillingParked`, or `FailedOperation.InvalidDeal` for one that cannot be paid (any more).
 */
export function payDeal(
  tx: AppTransaction,
  tenant: bigint,
  deal: Pick<Deal, 'orderId'>,
  now: Temporal.Instant,
  vouchers: VoucherChoice = {},
): Promise<Deal> {
  return payAndDeliver({ tx, tenant, now }, deal, vouchers, announceDelivery);
}

/** Gives what was paid for. */
export type Deliver = (occasion: Occasion, paid: DealPaid) => Promise<void>;

const announceDelivery: Deliver = (occasion, paid) => announce(occasion, dealPaid, paid);

/** As {@link payDeal}, delivered by a function that is given. */
export async function payAndDeliver(
  occasion: Occasion,
  { orderId }: Pick<Deal, 'orderId'>,
  vouchers: VoucherChoice,
  deliver: Deliver,
): Promise<Deal> {
  const { tx, tenant, now } = occasion;
  await lockWallet(tx, tenant);
  const deal = await readDeal(tx, tenant, orderId);
  const unpayable = whyUnpayable(deal, now);
  if (unpayable) throw new ActionError('FailedOperation.InvalidDeal', unpayable);
  await clearTimer(tx, tenant, expiryTimer(orderId));
  return payUnpaid(occasion, deal, vouchers, deliver);
}

/** As {@link payDeal}, of an order that this transaction has just kept, to be paid at once: its wallet is locked. */
export function payNewDeal(tx: AppTransaction, tenant: bigint, deal: Deal, now: Temporal.Instant): Promise<Deal> {
  return payUnpaid({ tx, tenant, now }, deal, {}, announceDelivery);
}

async function payUnpaid(occasion: Occasion, deal: Deal, vouchers: VoucherChoice, deliver: Deliver): Promise<Deal> {
  const { tx, tenant, now } = occasion;
  await requireNotParked(tx, tenant);
  const wallet = await readWallet(tx, tenant);
  const plan = requirePlan(
    deal,
    wallet,
    planPayment(deal.realCents, wallet, await spendableVouchers(tx, tenant, vouchers, deal.product, now)),
  );
  await bookPayment(tx, tenant, deal, plan, now);
  const payment = { paidAt: now, voucherCents: voucherPart(plan) };
  const delivering = await moveDeal(tx, tenant, deal, ['pay', 'deliver'], payment);
  await deliver(occasion, toDealPaid(delivering, now));
  const delivered = await moveDeal(tx, tenant, delivering, 'delivered');
  await insertBill(tx, tenant, makeBill(tenant, delivered, plan));
  const after = { ...wallet, credit: wallet.credit - plan.credit, cash: wallet.cash - plan.cash };
  await warnOfLowBalance(tx, tenant, { before: wallet, after }, now);
  return delivered;
}

/**
 * Keeps from when until when what was ordered serves; told by who delivers it, in the subscriber of `billing.deal-paid`,
 * so that the bill can say it.
 */
export function setDealService(
  tx: AppTransaction,
  tenant: bigint,
  orderId: string,
  service: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<void> {
  return updateService(tx, tenant, orderId, service);
}

function requirePlan(deal: Deal, wallet: Wallet, plan: PaymentPlan | undefined): PaymentPlan {
  if (plan) return plan;
  const yuan = (cents: bigint) => formatYuan(fromCents(cents));
  throw new ActionError(
    'FailedOperation.BalanceInsufficient',
    `the order costs ${yuan(deal.realCents)} yuan and the balance is ${yuan(available(wallet))}; top up and try again`,
  );
}

async function bookPayment(
  tx: AppTransaction,
  tenant: bigint,
  { orderId, lines }: Deal,
  plan: PaymentPlan,
  now: Temporal.Instant,
): Promise<void> {
  const earned = lines.map(({ product, cents }) => ({ account: `revenue/${product}` as const, cents }));
  const entries = [...paymentEntries(plan), ...earned];
  await book(tx, tenant, { kind: 'payment', reference: orderId, idempotencyKey: `payment/${orderId}`, entries }, now);
}

function toDealPaid(deal: Deal, now: Temporal.Instant): DealPaid {
  return {
    orderId: deal.orderId,
    action: deal.action,
    product: deal.product,
    instanceId: deal.instanceId,
    realCents: String(deal.realCents),
    paidAt: now.toString(),
  };
}

function whyUnpayable(deal: Deal, now: Temporal.Instant): string | undefined {
  const over = Temporal.Instant.compare(now, deal.expiresAt) >= 0;
  if (deal.status === dealStatus.expired || (deal.status === dealStatus.unpaid && over)) {
    return `the order ${deal.orderId} was not paid in its time; order again`;
  }
  if (nextStatus(deal.status, 'pay') !== undefined) return undefined;
  return deal.paidAt ? `the order ${deal.orderId} has been paid` : `the order ${deal.orderId} is not to be paid`;
}
