/** What time does to all that a tenant bought, in the order of the rules. Source: product rules, 6. */
import { lockWallet } from '../billing/index.ts';
import { products } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { renewAutomatically } from './auto-renew.ts';
import { nextHappening, type Happening } from './lifecycle.ts';
import { settleLife } from './settle.ts';
import { holdingsAt, type Subscription } from './subscription.ts';
import { readSubscriptions } from './subscription-store.ts';

/**
 * Lets everything happen that is due by `now`, one instant after the other; what falls on one instant runs professional
 * edition → image scan → log analysis. An automatic renewal has its turn at the end, before the isolation. Gives all that
 * the tenant has as it stands then.
 */
export async function passTimeOf(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<Subscription[]> {
  await lockWallet(tx, tenant);
  const tried = new Set<string>();
  for (;;) {
    const subscriptions = await readSubscriptions(tx, tenant);
    const next = firstDue(subscriptions, now);
    if (!next) return subscriptions;
    const { subscription, due } = next;
    const turn = `${subscription.instanceId} ${due.at.toString()}`;
    if (due.kind === 'isolated' && !tried.has(turn)) {
      tried.add(turn);
      if (await renewAutomatically({ tx, tenant, now }, subscription, { inTurn: true })) continue;
    }
    const life = await settleLife(tx, tenant, subscription, { kind: 'time' }, due.at);
    if (subscription.product === 'professional' && life.state === 'destroyed') {
      await endImageScan(tx, tenant, subscriptions, due.at);
    }
  }
}

/** Image scan never outlives the professional edition that it stands on. */
export async function endImageScan(
  tx: AppTransaction,
  tenant: bigint,
  subscriptions: readonly Subscription[],
  now: Temporal.Instant,
): Promise<void> {
  // Where it is destroyed at the same instant anyway, that happens in its own turn.
  const scan = holdingsAt(subscriptions, now)['image-scan'];
  if (scan) await settleLife(tx, tenant, scan, { kind: 'end' }, now);
}

function firstDue(
  subscriptions: readonly Subscription[],
  now: Temporal.Instant,
): { subscription: Subscription; due: Happening } | undefined {
  const order = (subscription: Subscription) => products.indexOf(subscription.product);
  return subscriptions
    .map((subscription) => ({ subscription, due: nextHappening(subscription) }))
    .filter((entry): entry is { subscription: Subscription; due: Happening } => entry.due !== undefined)
    .filter(({ due }) => Temporal.Instant.compare(due.at, now) <= 0)
    .toSorted(
      (one, other) =>
        Temporal.Instant.compare(one.due.at, other.due.at) || order(one.subscription) - order(other.subscription),
    )[0];
}
