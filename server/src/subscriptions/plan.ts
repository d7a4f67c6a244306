/**
 * What an order delivers, computed when it is priced: pure functions of what is asked, what the tenant has and business
 * time. Each throws an ActionError that says why something cannot be bought.
 */
import { anniversary, type Product } from '../catalog/index.ts';
import { ActionError } from '../platform/errors.ts';
import { marketTimeZone } from '../platform/platform.ts';
import { boundaries, stateAt } from './lifecycle.ts';
import {
  grantsInForce,
  quantityInForce,
  type Grant,
  type Holdings,
  type Instance,
  type Protection,
  type Renewal,
  type Subscription,
} from './subscription.ts';

interface PlanParts {
  readonly product: Product;
  readonly instanceId: string;
  /** What is paid for. Of what is new or wider, as if it were paid at once: it counts from the payment on. */
  readonly grants: readonly Grant[];
}

/** Makes an instance. */
export interface NewPlan extends PlanParts {
  readonly kind: 'new';
  /** The term counts from the payment; undefined: it ends when the grant does, with the professional edition. */
  readonly months?: number | undefined;
  readonly productCode: string;
  readonly subProductCode: string;
  readonly regionCode: string;
  readonly zoneCode: string;
  readonly isolationHours: number;
  readonly destructionHours: number;
  readonly reminderDays: number;
  readonly renewal: Renewal;
  readonly protection?: Protection | undefined;
}

/** More of an instance, until its term ends. */
export interface WidenPlan extends PlanParts {
  readonly kind: 'widen';
}

/** An instance goes on from its old end. */
export interface RenewPlan extends PlanParts {
  readonly kind: 'renew';
  readonly oldEnd: Temporal.Instant;
  /** Made by the service, for somebody who asked for that. */
  readonly automatic: boolean;
  /** Made in the turn of the old end, before anything else happens there. */
  readonly inTurn: boolean;
}

export type Plan = NewPlan | WidenPlan | RenewPlan;

/** What a purchase asks for. */
export interface PurchaseRequest {
  product: Product;
  quantity: bigint;
  months: number | undefined;
  instanceId: string | undefined;
  productCode: string;
  subProductCode: string;
  regionCode: string;
  zoneCode: string;
  renewal: Renewal;
  protection: Protection | undefined;
  isolationHours: number;
  destructionHours: number;
  reminderDays: number;
}

/** A purchase: a new instance, or more of the one that it names. `newId` is the id that a new one gets. */
export function planPurchase(
  request: PurchaseRequest,
  holdings: Holdings<Instance>,
  now: Temporal.Instant,
  newId: string,
): NewPlan | WidenPlan {
  if (request.instanceId === undefined) return planNew(request, holdings, now, newId);
  return planWiden(request, request.instanceId, holdings, now);
}

function planNew(
  request: PurchaseRequest,
  holdings: Holdings<Instance>,
  now: Temporal.Instant,
  instanceId: string,
): NewPlan {
  const { instanceId: _, quantity, months, ...facts } = request;
  const { product } = facts;
  refuseSecond(holdings[product], now);
  if (product === 'image-scan') {
    const until = endOfScans(holdings, months, now);
    const grants = [{ quantity, anchor: now, from: now, until }];
    return { kind: 'new', instanceId, grants, months: undefined, ...facts };
  }
  if (months === undefined) throw new ActionError('MissingParameter', 'the parameter Period is missing');
  const grants = [{ quantity, anchor: now, from: now, until: monthsAfter(now, months) }];
  return { kind: 'new', instanceId, grants, months, ...facts };
}

function planWiden(
  { product, quantity, months }: PurchaseRequest,
  instanceId: string,
  holdings: Holdings<Instance>,
  now: Temporal.Instant,
): WidenPlan {
  const subscription = holdings[product];
  if (subscription?.instanceId !== instanceId) throw noSuchInstance(instanceId);
  requireActive(subscription, now);
  if (product === 'image-scan') {
    const until = endOfScans(holdings, months, now);
    return { kind: 'widen', product, instanceId, grants: [{ quantity, anchor: now, from: now, until }] };
  }
  const { anchor, endsAt } = subscription;
  return { kind: 'widen', product, instanceId, grants: [{ quantity, anchor, from: now, until: endsAt }] };
}

/** A renewal: by so many months from the old end; image scan at most until the professional edition ends. */
export function planRenewal(
  subscription: Subscription | undefined,
  holdings: Holdings,
  { months, instanceId, ...how }: { months: number; instanceId: string; automatic: boolean; inTurn: boolean },
  now: Temporal.Instant,
): RenewPlan {
  if (!subscription) throw noSuchInstance(instanceId);
  const { product, endsAt: oldEnd } = subscription;
  const state = stateAt(subscription, now);
  if (state === 'stopped' || state === 'destroyed') {
    throw new ActionError(
      'FailedOperation.NotRenewable',
      `${instanceId} could be renewed before ${boundaries(subscription).stopped.toString()}; buy a new one`,
    );
  }
  if (product === 'image-scan') {
    const { endsAt: lastEnd } = requireProfessional(holdings, now);
    // Packs end on their own days; the term counts from the months of the professional edition, with which they end.
    const wanted = monthsLater(holdings.professional?.anchor ?? oldEnd, oldEnd, months);
    const until = earlier(wanted, lastEnd);
    if (Temporal.Instant.compare(until, oldEnd) <= 0 || Temporal.Instant.compare(until, now) <= 0) {
      throw new ActionError(
        'FailedOperation.EndsWithProfessionalEdition',
        'image scan ends with the professional edition; renew that first',
      );
    }
    const grants = grantsInForce(subscription, oldEnd).map(({ quantity, anchor }) => ({
      quantity,
      anchor,
      from: oldEnd,
      until,
    }));
    return { kind: 'renew', product, instanceId, oldEnd, ...how, grants };
  }
  const until = monthsLater(subscription.anchor, oldEnd, months);
  const grant = { quantity: quantityInForce(subscription, oldEnd), anchor: subscription.anchor, from: oldEnd, until };
  return { kind: 'renew', product, instanceId, oldEnd, ...how, grants: [grant] };
}

/**
 * What a plan grants when it is paid at `now`: what is new or wider counts from then on, as far as that can still be.
 * Throws `FailedOperation.InvalidDeal` for an order that was overtaken by others.
 */
export function grantsAtPayment(plan: Plan, holdings: Holdings<Instance>, now: Temporal.Instant): Grant[] {
  const held = holdings[plan.product];
  if (plan.kind === 'renew') {
    if (held?.instanceId !== plan.instanceId || !held.endsAt.equals(plan.oldEnd)) throw overtaken();
    // It may have stopped since it was ordered, or what was ordered may have passed.
    const renewable = ['active', 'isolated'].includes(stateAt(held, now));
    if (!renewable || Temporal.Instant.compare(latestEnd(plan.grants), now) <= 0) throw overtaken();
    return [...plan.grants];
  }
  if (plan.kind === 'new') {
    if (held) throw overtaken();
    const { months } = plan;
    if (months !== undefined) {
      return plan.grants.map(({ quantity }) => ({ quantity, anchor: now, from: now, until: monthsAfter(now, months) }));
    }
  } else if (held?.instanceId !== plan.instanceId) {
    throw overtaken();
  }
  const isScan = plan.product === 'image-scan';
  const lastEnd = isScan ? requireProfessional(holdings, now).endsAt : held?.endsAt;
  return plan.grants.map(({ quantity, anchor, until }) => {
    // Scans may end before the edition; what is more of something ends exactly with that.
    const inTerm = lastEnd && (isScan ? Temporal.Instant.compare(until, lastEnd) <= 0 : until.equals(lastEnd));
    if (!inTerm || Temporal.Instant.compare(now, until) >= 0) throw overtaken();
    return { quantity, anchor: isScan ? now : anchor, from: now, until };
  });
}

/** The latest end of these grants. */
export function latestEnd(grants: readonly Grant[]): Temporal.Instant {
  return grants.map(({ until }) => until).reduce(later);
}

/** Months from an instant on, as the market counts them. */
export function monthsAfter(from: Temporal.Instant, months: number): Temporal.Instant {
  return anniversary(from.toZonedDateTimeISO(marketTimeZone), months);
}

/** So many months after `end`, by the anchor's day where `end` is one of its anniversaries. */
function monthsLater(anchor: Temporal.Instant, end: Temporal.Instant, months: number): Temporal.Instant {
  const local = anchor.toZonedDateTimeISO(marketTimeZone);
  const { year, month } = end.toZonedDateTimeISO(marketTimeZone);
  const passed = (year - local.year) * 12 + month - local.month;
  return anniversary(local, passed).equals(end) ? anniversary(local, passed + months) : monthsAfter(end, months);
}

/** Scans end with the professional edition, or earlier where a shorter term is asked. Source: product rules, 4. */
function endOfScans(holdings: Holdings<Instance>, months: number | undefined, now: Temporal.Instant): Temporal.Instant {
  const { endsAt } = requireProfessional(holdings, now);
  return months === undefined ? endsAt : earlier(monthsAfter(now, months), endsAt);
}

function requireProfessional(holdings: Holdings<Instance>, now: Temporal.Instant): Instance {
  const { professional } = holdings;
  if (professional && stateAt(professional, now) === 'active') return professional;
  throw new ActionError(
    'FailedOperation.NeedsProfessionalEdition',
    professional
      ? 'the professional edition has ended; renew it before image scan'
      : 'image scan needs the professional edition; buy that first',
  );
}

/** One instance of a product at a time: more of it is an add-on, and an ended one is renewed or gone first. */
function refuseSecond(subscription: Instance | undefined, now: Temporal.Instant): void {
  if (!subscription) return;
  const { instanceId } = subscription;
  const state = stateAt(subscription, now);
  if (state === 'active') {
    throw new ActionError(
      'FailedOperation.AlreadyPurchased',
      `${instanceId} is in force; to buy more name it as Parameter.instanceId`,
    );
  }
  if (state === 'isolated') {
    throw new ActionError('FailedOperation.AlreadyPurchased', `${instanceId} has ended; renew it with RenewInstance`);
  }
  throw new ActionError(
    'FailedOperation.AlreadyPurchased',
    `${instanceId} is being taken down until ${boundaries(subscription).destroyed.toString()}; buy a new one then`,
  );
}

function requireActive(subscription: Instance, now: Temporal.Instant): void {
  if (stateAt(subscription, now) === 'active') return;
  throw new ActionError(
    'FailedOperation.NotInForce',
    `${subscription.instanceId} has ended; renew it before you buy more`,
  );
}

function overtaken(): ActionError {
  return new ActionError(
    'FailedOperation.InvalidDeal',
    'what this order is for has changed since; let it expire and order again',
  );
}

function noSuchInstance(instanceId: string): ActionError {
  return new ActionError(
    'InvalidParameterValue.DataNotFound',
    `you have no instance ${instanceId.slice(0, 128)} of this product`,
  );
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other;
}

/** The later of two. */
export function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) >= 0 ? one : other;
}
