/** What an order is, and the way it may go: the statuses of the contract and one table of moves. Source: issue 4, 3. */
import type { PriceLine, Product } from '../catalog/index.ts';

/** Numbers of the contract. Of those that we never reach (5, 9–12) the list of orders takes the number as a filter. */
export const dealStatus = {
  unpaid: 1,
  paid: 2,
  delivering: 3,
  delivered: 4,
  refunded: 6,
  cancelled: 7,
  expired: 8,
  refunding: 13,
} as const;

export type DealStatus = (typeof dealStatus)[keyof typeof dealStatus];

export const dealActions = ['purchase', 'renew', 'upgrade', 'downgrade', 'refund'] as const;

/** More cores and scan packs are purchases that widen an instance; a larger log capacity is an upgrade. */
export type DealAction = (typeof dealActions)[number];

/** What can happen to an order. */
export type DealEvent = 'pay' | 'deliver' | 'delivered' | 'expire' | 'cancel' | 'grant-refund' | 'reject-refund';

const moves: Readonly<Record<DealStatus, Partial<Record<DealEvent, DealStatus>>>> = {
  [dealStatus.unpaid]: { pay: dealStatus.paid, expire: dealStatus.expired, cancel: dealStatus.cancelled },
  [dealStatus.paid]: { deliver: dealStatus.delivering },
  [dealStatus.delivering]: { delivered: dealStatus.delivered },
  [dealStatus.delivered]: {},
  [dealStatus.refunding]: { 'grant-refund': dealStatus.refunded, 'reject-refund': dealStatus.cancelled },
  [dealStatus.refunded]: {},
  [dealStatus.cancelled]: {},
  [dealStatus.expired]: {},
};

/** Where an order stands after an event; undefined when that cannot happen to it. */
export function nextStatus(status: DealStatus, event: DealEvent): DealStatus | undefined {
  return moves[status][event];
}

/** Plain JSON: what the order's parameters may hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What an order asks for; under one client token these may not differ. */
export interface DealRequest {
  readonly action: DealAction;
  readonly product: Product;
  readonly regionCode: string;
  readonly zoneCode: string;
  /** The amounts, term, scope … as the buyer gave them; billing keeps them and reads none. */
  readonly parameters: Readonly<Record<string, Json>>;
}

/** An order. */
export interface Deal extends DealRequest {
  /** 20 digits: the market day, then chance. */
  readonly orderId: string;
  /** What is paid together; each order has its own. */
  readonly bigDealId: string;
  /** The instance that it makes, renews, widens or takes back. */
  readonly instanceId: string;
  readonly status: DealStatus;
  readonly lines: readonly PriceLine[];
  /** List price of all lines. */
  readonly originalCents: bigint;
  /** What is to be paid. */
  readonly realCents: bigint;
  /** Of this, what vouchers have paid. */
  readonly voucherCents: bigint;
  /** Uin of the account that ordered. */
  readonly creator: bigint;
  readonly clientToken: string | undefined;
  readonly createdAt: Temporal.Instant;
  /** The first instant at which it cannot be paid any more. */
  readonly expiresAt: Temporal.Instant;
  /** When money moved for it: when it was paid or, of a refund, granted. */
  readonly paidAt: Temporal.Instant | undefined;
  /** From when until when what was ordered serves; told by who delivers it. */
  readonly service: { readonly from: Temporal.Instant; readonly until: Temporal.Instant } | undefined;
}

/** An order to be placed. */
export interface NewDeal extends DealRequest {
  readonly instanceId: string;
  readonly lines: readonly PriceLine[];
  readonly creator: bigint;
  /** At most 64 ASCII characters. */
  readonly clientToken?: string | undefined;
  /** A day from now unless it says otherwise. */
  readonly expiresAt?: Temporal.Instant;
}
