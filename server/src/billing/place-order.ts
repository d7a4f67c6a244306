/** Orders are placed once under a client token; they wait to be paid until they expire. */
import { isDeepStrictEqual } from 'node:util';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { setTimer } from '../platform/timers/index.ts';
import type { Deal, DealRequest, NewDeal } from './deal.ts';
import { insertDeal, selectDealByToken } from './deal-store.ts';
import { expireDeal } from './jobs/expire-deal.ts';
import { expiryTimer } from './move-deal.ts';
import { lockWallet } from './wallet.ts';

/** So long an order can be paid. */
const timeToPay = { hours: 24 } as const;

/** Places an order, unpaid, until it is paid or expires; one that was placed with the same client token is answered again. */
export async function placeOrder(
  tx: AppTransaction,
  tenant: bigint,
  order: NewDeal,
  now: Temporal.Instant,
): Promise<Deal> {
  await lockWallet(tx, tenant);
  const { instanceId, ...request } = order;
  const asked = order.action === 'purchase' ? request : { ...request, instanceId };
  return (await findPlacedDeal(tx, tenant, order.clientToken, asked)) ?? keepOrder(tx, tenant, order, now);
}

/**
 * Keeps an order that was not placed before, under a wallet that this transaction has locked. With `paidAtOnce` nothing ends
 * it by time: it is paid in the same transaction, by `payNewDeal`, or not kept.
 */
export async function keepOrder(
  tx: AppTransaction,
  tenant: bigint,
  order: NewDeal,
  now: Temporal.Instant,
  { paidAtOnce = false } = {},
): Promise<Deal> {
  const expiresAt = order.expiresAt ?? now.add(timeToPay);
  const deal = await insertDeal(tx, tenant, { ...order, createdAt: now, expiresAt });
  if (paidAtOnce) return deal;
  await setTimer(tx, tenant, {
    key: expiryTimer(deal.orderId),
    dueAt: expiresAt,
    job: expireDeal,
    data: { orderId: deal.orderId },
  });
  return deal;
}

/**
 * The order that this client token was used for. Throws `InvalidParameter.ClientTokenReused` when that asked for
 * something else. `instanceId` is compared where it is given: for a purchase that makes an instance it is ours. The wallet
 * is locked by this transaction, so that no other one uses the token meanwhile.
 */
export async function findPlacedDeal(
  tx: AppTransaction,
  tenant: bigint,
  clientToken: string | undefined,
  request: DealRequest & { readonly instanceId?: string },
): Promise<Deal | undefined> {
  if (clientToken === undefined) return undefined;
  const earlier = await selectDealByToken(tx, tenant, clientToken);
  if (!earlier) return undefined;
  const sameInstance = request.instanceId === undefined || request.instanceId === earlier.instanceId;
  if (sameInstance && isDeepStrictEqual(requestOf(earlier), requestOf(request))) return earlier;
  throw new ActionError(
    'InvalidParameter.ClientTokenReused',
    'this ClientToken was used for another request; give every new order a token of its own',
  );
}

function requestOf({ action, product, regionCode, zoneCode, parameters }: DealRequest): DealRequest {
  return { action, product, regionCode, zoneCode, parameters };
}
