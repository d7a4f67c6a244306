/** Delivers what was paid for, in the transaction of its payment. */
import { dealPaid, setDealService } from '../billing/index.ts';
import { announce, subscriber, type Occasion } from '../platform/events/index.ts';
import { purchased, renewed, widened } from './events.ts';
import { passSubscriptionTime } from './jobs/pass-subscription-time.ts';
import { beginLife, type Life } from './lifecycle.ts';
import { grantsAtPayment, later, latestEnd, type NewPlan, type Plan, type RenewPlan, type WidenPlan } from './plan.ts';
import { readPlannedDelivery } from './plan-column.ts';
import { setNextTimer, settleLife } from './settle.ts';
import { holdingsAt, type Grant, type Holdings, type Instance } from './subscription.ts';
import { insertGrants, insertSubscription, readInstances, updateLife } from './subscription-store.ts';

/** What was planned when the order was priced is delivered when it is paid. */
export const deliverPaidDeals = subscriber('subscriptions', dealPaid, async (occasion, { orderId }) => {
  const plan = await readPlannedDelivery(occasion.tx, occasion.tenant, orderId);
  if (plan) await deliver(occasion, orderId, plan);
});

async function deliver(occasion: Occasion, orderId: string, plan: Plan): Promise<void> {
  const { tx, tenant, now } = occasion;
  const { instanceId } = plan;
  const instances = await readInstances(tx, tenant);
  const holdings = holdingsAt(instances, now);
  const grants = grantsAtPayment(plan, holdings, now);
  const life = await deliverPlan(occasion, orderId, plan, grants, holdings);
  await insertGrants(tx, tenant, { instanceId, orderId, grants });
  const from = grants.map((grant) => grant.from).toSorted((a, b) => Temporal.Instant.compare(a, b))[0] ?? now;
  await setDealService(tx, tenant, orderId, { from, until: latestEnd(grants) });
  const others = instances.filter((other) => other.instanceId !== instanceId);
  await setNextTimer(tx, tenant, [...others, life], passSubscriptionTime);
}

/** Gives the life of what was delivered, as it is kept. */
function deliverPlan(
  occasion: Occasion,
  orderId: string,
  plan: Plan,
  grants: readonly Grant[],
  holdings: Holdings<Instance>,
): Promise<Life> {
  if (plan.kind === 'new') return deliverNew(occasion, orderId, plan, grants);
  if (plan.kind === 'widen') return deliverWider(occasion, orderId, plan, grants, holdings);
  return deliverRenewal(occasion, orderId, plan, grants, holdings);
}

async function deliverNew(
  { tx, tenant, now }: Occasion,
  orderId: string,
  plan: NewPlan,
  grants: readonly Grant[],
): Promise<Life> {
  const { kind: _, grants: __, months: ___, ...facts } = plan;
  const { instanceId, product, isolationHours, destructionHours, reminderDays } = facts;
  const life = beginLife({ product, endsAt: latestEnd(grants), isolationHours, destructionHours, reminderDays }, now);
  await insertSubscription(tx, tenant, { ...facts, ...life, startedAt: now, anchor: now });
  await announce({ tx, tenant, now }, purchased, {
    instanceId,
    product,
    endsAt: life.endsAt.toString(),
    orderId,
    quantity: sum(grants),
  });
  return life;
}

async function deliverWider(
  { tx, tenant, now }: Occasion,
  orderId: string,
  { instanceId, product }: WidenPlan,
  grants: readonly Grant[],
  holdings: Holdings<Instance>,
): Promise<Life> {
  const subscription = holdings[product];
  if (!subscription) throw new Error(`${instanceId} is gone`);
  const life = await settleLife(tx, tenant, subscription, { kind: 'widen' }, now);
  // A pack may end later than those before it: with a professional edition that was renewed meanwhile.
  const endsAt = later(life.endsAt, latestEnd(grants));
  const wider = { ...life, endsAt };
  if (!endsAt.equals(life.endsAt)) await updateLife(tx, tenant, { ...subscription, ...wider });
  await announce({ tx, tenant, now }, widened, {
    instanceId,
    product,
    endsAt: endsAt.toString(),
    orderId,
    quantity: sum(grants),
  });
  return wider;
}

async function deliverRenewal(
  { tx, tenant, now }: Occasion,
  orderId: string,
  { instanceId, product, oldEnd, inTurn, automatic }: RenewPlan,
  grants: readonly Grant[],
  holdings: Holdings<Instance>,
): Promise<Life> {
  const subscription = holdings[product];
  if (!subscription) throw new Error(`${instanceId} is gone`);
  const until = latestEnd(grants);
  const life = await settleLife(tx, tenant, subscription, { kind: 'renew', until, inTurn }, now);
  await announce({ tx, tenant, now }, renewed, {
    instanceId,
    product,
    endsAt: until.toString(),
    orderId,
    oldEnd: oldEnd.toString(),
    automatic,
  });
  return life;
}

function sum(grants: readonly Grant[]): string {
  return String(grants.reduce((total, { quantity }) => total + quantity, 0n));
}
