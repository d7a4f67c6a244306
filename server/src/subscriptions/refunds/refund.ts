/** Refunds as they are asked, granted and decided: money and what it was paid for in one transaction. */
import {
  dealStatus,
  findPlacedDeal,
  grantRefund,
  lockWallet,
  placeRefund,
  readDeal,
  rejectRefund,
  type Deal,
  type DealRequest,
} from '../../billing/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announce, subscriber, type Occasion } from '../../platform/events/index.ts';
import { destroyed } from '../events.ts';
import { passSubscriptionTime } from '../jobs/pass-subscription-time.ts';
import type { Buyer } from '../order.ts';
import { passTimeOf } from '../pass-time.ts';
import { setNextTimer, settleLife } from '../settle.ts';
import { readSubscriptions } from '../subscription-store.ts';
import { computeRefund, type ComputedRefund } from './compute-refund.ts';
import { refunded, refundRejected, refundRequested } from './events.ts';
import { moneyBack, refundLine } from './refund-amount.ts';
import {
  cutGrant,
  insertParts,
  insertRequest,
  keepAnswer,
  listRequests,
  markDecided,
  readAnswer,
} from './refund-store.ts';

export interface RefundFields {
  instanceId: string;
  /** Cores or gigabytes; undefined asks for the whole instance. */
  quantity?: bigint | undefined;
  reason: string;
  regionCode: string;
  clientToken?: string | undefined;
  /** By a setting, also a refund that needs no reason waits. */
  holdNoReason: boolean;
}

/**
 * Asks money back. Within the days in which no reason is needed it is granted at once, else it waits for the operator.
 * Gives the refund's order, and after it that of image scan when that ended with it. Throws
 * `FailedOperation.NotAllowToRefund`, and `InvalidParameter.ResourceLocked` while another refund of it waits.
 */
export async function askRefund(buyer: Buyer, fields: RefundFields): Promise<string[]> {
  const { tx, tenant, now } = buyer;
  const { instanceId, quantity, reason } = fields;
  await lockWallet(tx, tenant);
  const subscriptions = await passTimeOf(tx, tenant, now);
  const known = subscriptions.find((subscription) => subscription.instanceId === instanceId);
  if (!known) throw new ActionError('FailedOperation.NotAllowToRefund', `you have no instance ${instanceId}`);
  const request = {
    action: 'refund',
    product: known.product,
    regionCode: fields.regionCode,
    zoneCode: '',
    parameters: { InstanceId: instanceId, Quantity: quantity === undefined ? null : String(quantity), Reason: reason },
  } as const satisfies DealRequest;
  const earlier = await findPlacedDeal(tx, tenant, fields.clientToken, { ...request, instanceId });
  if (earlier) return readAnswer(tx, tenant, earlier.orderId);
  if ((await listRequests(tx, { tenant, instanceId, waiting: true, limit: 1 })).length > 0) {
    throw new ActionError('InvalidParameter.ResourceLocked', 'a refund of this instance waits to be decided');
  }
  const computed = await computeRefund(buyer, subscriptions, { instanceId, quantity, askedAt: now });
  const deal = await place(buyer, computed, request, fields.clientToken);
  const { orderId } = deal;
  await insertRequest(tx, {
    tenant,
    orderId,
    instanceId,
    quantity,
    ground: computed.ground,
    reason,
    askedAt: now,
    newestGrant: computed.newestGrant,
  });
  if (computed.ground === 'no-reason' && !fields.holdNoReason) {
    await markDecided(tx, tenant, orderId, 'granted at once', now);
    const scanOrder = await grant(buyer, deal, computed);
    const also = scanOrder === undefined ? [] : [scanOrder];
    await keepAnswer(tx, tenant, orderId, also);
    return [orderId, ...also];
  }
  const cents = String(deal.realCents);
  await announce({ tx, tenant, now }, refundRequested, { orderId, instanceId, product: known.product, cents });
  return [orderId];
}

/**
 * Decides a refund that waits. Granted is what the rules give back at that moment: what was used since it was asked is
 * used. Throws `FailedOperation.InvalidDeal` for one that does not wait, and when the instance was renewed or widened
 * since.
 */
export async function decideRefund(
  buyer: Buyer,
  { orderId, approve, note }: { orderId: string; approve: boolean; note: string },
): Promise<Deal> {
  const { tx, tenant, now } = buyer;
  await lockWallet(tx, tenant);
  const subscriptions = await passTimeOf(tx, tenant, now);
  const deal = await readDeal(tx, tenant, orderId);
  const waiting = await listRequests(tx, { tenant, instanceId: deal.instanceId, waiting: true, limit: 1000 });
  const request = waiting.find((other) => other.orderId === orderId);
  if (!request || deal.status !== dealStatus.refunding) {
    throw new ActionError('FailedOperation.InvalidDeal', `the refund ${orderId} does not wait to be decided`);
  }
  await markDecided(tx, tenant, orderId, note, now);
  if (approve) {
    const computed = await computeRefund(buyer, subscriptions, request);
    if (computed.newestGrant > request.newestGrant) {
      throw new ActionError(
        'FailedOperation.InvalidDeal',
        'the instance was renewed or widened since; reject this refund and have it asked again',
      );
    }
    await grant(buyer, deal, computed);
  } else {
    await reject(buyer, deal, note);
  }
  return readDeal(tx, tenant, orderId);
}

/** What is gone is not given back any more: requests for it are closed. */
export const closeWaitingRefunds = subscriber('subscriptions', destroyed, async (occasion, { instanceId }) => {
  const { tx, tenant, now } = occasion;
  for (const { orderId } of await listRequests(tx, { tenant, instanceId, waiting: true, limit: 1000 })) {
    const note = 'the instance has ended';
    await markDecided(tx, tenant, orderId, note, now);
    await reject(occasion, await readDeal(tx, tenant, orderId), note);
  }
});

async function reject({ tx, tenant, now }: Occasion, deal: Deal, note: string): Promise<void> {
  const { orderId, instanceId, product } = deal;
  await rejectRefund(tx, tenant, deal);
  await announce({ tx, tenant, now }, refundRejected, { orderId, instanceId, product, note });
}

async function place(
  { tx, tenant, creator, now }: Buyer,
  { subscription, parts }: ComputedRefund,
  request: DealRequest,
  clientToken?: string,
): Promise<Deal> {
  const { instanceId } = subscription;
  return placeRefund(tx, tenant, { ...request, instanceId, lines: parts.map(refundLine), creator, clientToken }, now);
}

/**
 * What was paid for ends first, so that money that comes back renews nothing that is being given back. Gives the order of
 * image scan that ended with it.
 */
async function grant(buyer: Buyer, deal: Deal, computed: ComputedRefund): Promise<string | undefined> {
  const { tx, tenant } = buyer;
  const { scan } = computed;
  await takeBack(buyer, computed);
  if (scan) await takeBack(buyer, scan);
  await setNextTimer(tx, tenant, await readSubscriptions(tx, tenant), passSubscriptionTime);
  await pay(buyer, deal, computed);
  if (!scan) return undefined;
  const parameters = { InstanceId: scan.subscription.instanceId, Reason: `ends with ${deal.instanceId}` };
  const { regionCode, zoneCode } = deal;
  const request = { action: 'refund', product: 'image-scan', regionCode, zoneCode, parameters } as const;
  const scanDeal = await place(buyer, scan, request);
  await pay(buyer, scanDeal, scan);
  return scanDeal.orderId;
}

async function takeBack({ tx, tenant, now }: Buyer, { subscription, parts, whole }: ComputedRefund): Promise<void> {
  if (whole) {
    await settleLife(tx, tenant, subscription, { kind: 'end' }, now);
    return;
  }
  for (const part of parts) await cutGrant(tx, tenant, subscription.instanceId, part, now);
}

async function pay({ tx, tenant, now }: Buyer, deal: Deal, { parts, whole }: ComputedRefund): Promise<void> {
  const { orderId, instanceId, product } = deal;
  const back = moneyBack(parts);
  await insertParts(tx, tenant, orderId, parts);
  const lines = parts.map((part) => ({ line: refundLine(part), orderId: part.grant.orderId, back: part.back }));
  await grantRefund(tx, tenant, deal, lines, now);
  const cents = String(back.credit + back.cash);
  await announce({ tx, tenant, now }, refunded, { orderId, instanceId, product, cents, whole });
}
