/** What was bought: its life, what of it was paid for, and what is in force of it. Pure. */
import type { Product } from '../catalog/index.ts';
import { stateAt, type Life } from './lifecycle.ts';

/** `RenewFlag` of the billing API. */
export const renewFlags = [
  'NOTIFY_AND_MANUAL_RENEW',
  'NOTIFY_AND_AUTO_RENEW',
  'DISABLE_NOTIFY_AND_MANUAL_RENEW',
] as const;
export type RenewFlag = (typeof renewFlags)[number];

/** What happens at the end without anybody's doing. */
export interface Renewal {
  flag: RenewFlag;
  /** Whether somebody has chosen the flag. */
  chosen: boolean;
  /** How long an automatic renewal lasts, where somebody has chosen it. */
  period?: number | undefined;
  /** Of that period; until it is chosen the unit of the purchase, which is only shown. */
  unit: 'm' | 'y';
}

/** How many months an automatic renewal lasts: one unless another period was chosen. Source: product rules, 6. */
export function autoRenewMonths({ period, unit }: Renewal): number {
  if (period === undefined) return 1;
  return unit === 'y' ? period * 12 : period;
}

/** Which assets a professional edition protects, as it was chosen. Source: product rules, 3.1. */
export interface Protection {
  scope: 'all' | 'chosen' | 'custom';
  /** Of scope `all`: new assets too. */
  autoProtectNew: boolean;
  /** Of scope `chosen`: ids of clusters and hosts. */
  assets: readonly string[];
  /** Cores beyond the licence that may be charged in a day. */
  elasticCap: number;
}

/** So many cores, scans a month or gigabytes, paid for in `[from, until)`. */
export interface Grant {
  quantity: bigint;
  /** Months count from here: a scan pack's own anniversary. */
  anchor: Temporal.Instant;
  from: Temporal.Instant;
  until: Temporal.Instant;
}

export interface KeptGrant extends Grant {
  id: bigint;
}

/** What was bought, without what was paid for it piece by piece: of that an account can have thousands. */
export interface Instance extends Life {
  readonly instanceId: string;
  /** As the buyer named them. */
  readonly productCode: string;
  readonly subProductCode: string;
  readonly regionCode: string;
  readonly zoneCode: string;
  readonly startedAt: Temporal.Instant;
  /** Renewals count their months from here. */
  readonly anchor: Temporal.Instant;
  readonly renewal: Renewal;
  /** Of a professional edition only. */
  readonly protection?: Protection | undefined;
}

export interface Subscription extends Instance {
  readonly grants: readonly KeptGrant[];
}

/** What a tenant has of each product and is not destroyed at a given moment. */
export type Holdings<Held extends Instance = Subscription> = Partial<Record<Product, Held>>;

/** Of all that a tenant ever had, what lives at `now`. */
export function holdingsAt<Held extends Instance>(held: readonly Held[], now: Temporal.Instant): Holdings<Held> {
  const living = held.filter((one) => stateAt(one, now) !== 'destroyed');
  return Object.fromEntries(living.map((one) => [one.product, one]));
}

/** Grants that are paid for at `now`; from the end on those that ran until the end, since they still count while isolated. */
export function grantsInForce(
  subscription: Pick<Subscription, 'endsAt' | 'grants'>,
  now: Temporal.Instant,
): KeptGrant[] {
  const { endsAt, grants } = subscription;
  return grants.filter(({ from, until }) => {
    if (Temporal.Instant.compare(now, endsAt) >= 0) return until.equals(endsAt);
    return Temporal.Instant.compare(from, now) <= 0 && Temporal.Instant.compare(now, until) < 0;
  });
}

/** Sum of what is in force: licensed cores, scans a month, gigabytes. */
export function quantityInForce(subscription: Pick<Subscription, 'endsAt' | 'grants'>, now: Temporal.Instant): bigint {
  return grantsInForce(subscription, now).reduce((sum, { quantity }) => sum + quantity, 0n);
}
