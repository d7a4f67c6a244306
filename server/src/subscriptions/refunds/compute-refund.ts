/** What goes back of an instance, by the rule of its product. Source: product rules, 7. */
import { readDeal } from '../../billing/index.ts';
import { checkQuantity, currentCatalog, quotaPeriodAt, readCatalog, type Product } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announce } from '../../platform/events/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { holdingsAt, quantityInForce, type Subscription } from '../subscription.ts';
import { packUsesAsked } from './events.ts';
import { refundAll, refundRest, refundUnusedScans, type PaidGrant, type RefundPart } from './refund-amount.ts';
import { readEnvironmentCores, readPackUses, readPaidGrants, type RefundGround } from './refund-store.ts';
import { surplusCores, takeQuantity } from './surplus.ts';

export interface RefundAsk {
  readonly instanceId: string;
  /** Cores or gigabytes; undefined asks for the whole instance. */
  readonly quantity?: bigint | undefined;
  /** When it was asked: the days without a reason are counted until then. */
  readonly askedAt: Temporal.Instant;
}

export interface ComputedRefund {
  readonly subscription: Subscription;
  readonly ground: RefundGround;
  readonly whole: boolean;
  readonly parts: readonly RefundPart[];
  /** Image scan, which ends with the professional edition. */
  readonly scan: ComputedRefund | undefined;
  /** The newest grant that it takes back of. */
  readonly newestGrant: bigint;
}

interface Occasion {
  tx: AppTransaction;
  tenant: bigint;
  now: Temporal.Instant;
}

/** Throws `FailedOperation.NotAllowToRefund` with the reason where the rules give nothing back. */
export async function computeRefund(
  occasion: Occasion,
  subscriptions: readonly Subscription[],
  ask: RefundAsk,
): Promise<ComputedRefund> {
  const { tx, tenant, now } = occasion;
  const holdings = holdingsAt(subscriptions, now);
  const subscription = Object.values(holdings).find(({ instanceId }) => instanceId === ask.instanceId);
  if (!subscription) throw notAllowed(`you have no instance ${ask.instanceId.slice(0, 128)}`);
  const grants = await readPaidGrants(tx, tenant, ask.instanceId, now);
  const { parts, ground } = await rules[subscription.product](occasion, subscription, grants, ask, subscriptions);
  const whole = ask.quantity === undefined;
  const scan = whole && subscription.product === 'professional' ? holdings['image-scan'] : undefined;
  if (parts.every(({ worthCents }) => worthCents <= 0n)) throw notAllowed('nothing is left of what was paid for it');
  return {
    subscription,
    ground,
    whole,
    parts,
    scan: scan && (await computeScans(occasion, scan)),
    newestGrant: grants.reduce((newest, { rowId }) => (rowId > newest ? rowId : newest), 0n),
  };
}

type Rule = (
  occasion: Occasion,
  subscription: Subscription,
  grants: readonly PaidGrant[],
  ask: RefundAsk,
  subscriptions: readonly Subscription[],
) => Promise<{ parts: readonly RefundPart[]; ground: RefundGround }>;

const rules: Record<Product, Rule> = {
  professional: refundProfessional,
  'image-scan': refundScans,
  'log-analysis': refundLogs,
};

async function refundProfessional(...[occasion, subscription, grants, ask, all]: Parameters<Rule>) {
  const { tx, tenant, now } = occasion;
  if (ask.quantity === undefined) {
    const first = await firstOrderToday(occasion, grants, all, ask.askedAt);
    if (first !== undefined) {
      // What was added to it meanwhile ends with it, and goes back for the rest of its term.
      const parts = grants.map((grant) =>
        grant.orderId === first ? refundAll(grant) : refundRest(grant, grant.quantity, now),
      );
      return { parts, ground: 'no-reason' as const };
    }
  }
  const licensed = quantityInForce(subscription, now);
  const history = await readEnvironmentCores(tx, tenant, now);
  const surplus = surplusCores(history, subscription.startedAt, licensed);
  if (surplus === undefined) {
    throw notAllowed('the asset history has no cores of this environment yet, so no surplus can be seen in it');
  }
  const wanted = ask.quantity ?? licensed;
  if (wanted > surplus) {
    throw notAllowed(`the asset history shows ${surplus} of ${licensed} licensed cores left over by destroyed hosts`);
  }
  if (ask.quantity !== undefined && wanted >= licensed) {
    throw notAllowed('these are all licensed cores: ask for the whole instance, without Cores');
  }
  const cuts =
    ask.quantity === undefined
      ? grants.map((grant) => ({ grant, quantity: grant.quantity }))
      : takeQuantity(grants, wanted, now);
  return { parts: cuts.map((cut) => refundRest(cut.grant, cut.quantity, now)), ground: 'surplus' as const };
}

async function refundScans(...[occasion, subscription, , ask]: Parameters<Rule>) {
  if (ask.quantity !== undefined) throw notAllowed('image scan goes back as a whole, by its use');
  return { parts: (await computeScans(occasion, subscription)).parts, ground: 'use' as const };
}

async function refundLogs(...[{ tx, now }, subscription, grants, ask]: Parameters<Rule>) {
  const { quantity } = ask;
  if (quantity === undefined) {
    return { parts: grants.map((grant) => refundRest(grant, grant.quantity, now)), ground: 'capacity' as const };
  }
  const stays = quantityInForce(subscription, now) - quantity;
  if (stays <= 0n) throw notAllowed('this is all of the capacity: ask for the whole instance, without CapacityGB');
  checkQuantity(await currentCatalog(tx, now), 'log-analysis', stays);
  const cuts = takeQuantity(grants, quantity, now);
  return { parts: cuts.map((cut) => refundRest(cut.grant, cut.quantity, now)), ground: 'capacity' as const };
}

async function computeScans(occasion: Occasion, subscription: Subscription): Promise<ComputedRefund> {
  const { tx, tenant, now } = occasion;
  await announce(occasion, packUsesAsked, { at: now.toString() });
  const used = await readPackUses(tx, tenant);
  const grants = await readPaidGrants(tx, tenant, subscription.instanceId, now);
  const parts = grants.map((grant) => {
    const anchor = grant.anchor.toZonedDateTimeISO(marketTimeZone);
    const { from, until, quantity: scansPerMonth } = grant;
    const period = quotaPeriodAt({ anchor, from, until, scansPerMonth }, now);
    return refundUnusedScans(grant, now, period ? used(grant, period.from) : 0n);
  });
  const newestGrant = grants.reduce((newest, { rowId }) => (rowId > newest ? rowId : newest), 0n);
  return { subscription, ground: 'use', whole: true, parts, scan: undefined, newestGrant };
}

/** The first professional order of a customer who never had one, while no reason is needed. */
async function firstOrderToday(
  { tx, tenant }: Occasion,
  grants: readonly PaidGrant[],
  all: readonly Subscription[],
  askedAt: Temporal.Instant,
): Promise<string | undefined> {
  if (all.filter(({ product }) => product === 'professional').length !== 1) return undefined;
  const [first] = grants.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { action, paidAt } = first ? await readDeal(tx, tenant, first.orderId) : {};
  if (!first || action !== 'purchase' || !paidAt) return undefined;
  // The days are those that the catalogue had at the purchase.
  const catalog = (await readCatalog(tx, first.line.catalogVersion)) ?? (await currentCatalog(tx, paidAt));
  const end = paidAt.add({ hours: catalog.life.noReasonRefundHours });
  return Temporal.Instant.compare(askedAt, end) < 0 ? first.orderId : undefined;
}

function notAllowed(message: string): ActionError {
  return new ActionError('FailedOperation.NotAllowToRefund', message);
}
