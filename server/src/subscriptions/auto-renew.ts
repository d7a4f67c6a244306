/** Renewals that the service makes for who has ticked them. Source: product rules, 6. */
import { sql } from 'kysely';
import { billingUnparked, BoundReached, credited, guardAutomaticOrder, parkBilling } from '../billing/index.ts';
import { currentCatalog, products } from '../catalog/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce, subscriber, type Occasion } from '../platform/events/index.ts';
import { autoRenewFailed } from './events.ts';
import { stateAt } from './lifecycle.ts';
import { placeRenewal } from './order.ts';
import { autoRenewMonths, holdingsAt, type Subscription } from './subscription.ts';
import { readSubscriptions } from './subscription-store.ts';

/** Money has come: what is isolated and renews by itself is tried again, in the order of the rules. */
export const renewAfterCredit = subscriber('subscriptions', credited, renewIsolated);

/** Charges are made again: so are renewals that fell due meanwhile. */
export const renewAfterUnpark = subscriber('subscriptions', billingUnparked, renewIsolated);

async function renewIsolated(occasion: Occasion): Promise<void> {
  const { tx, tenant, now } = occasion;
  for (const product of products) {
    // Read again each time: image scan can follow the professional edition only when that was renewed.
    const subscription = holdingsAt(await readSubscriptions(tx, tenant), now)[product];
    if (subscription && stateAt(subscription, now) === 'isolated') {
      await renewAutomatically(occasion, subscription, { inTurn: false });
    }
  }
}

/** Renews if that was ticked and can be paid; false where not, and then nothing of it is kept but the event. */
export async function renewAutomatically(
  { tx, tenant, now }: Occasion,
  subscription: Subscription,
  { inTurn }: { inTurn: boolean },
): Promise<boolean> {
  const { instanceId, product, endsAt, renewal, regionCode } = subscription;
  if (renewal.flag !== 'NOTIFY_AND_AUTO_RENEW') return false;
  const catalog = await currentCatalog(tx, now);
  const request = { product, instanceId, months: autoRenewMonths(renewal), regionCode };
  const token = `auto-renew/${instanceId}/${endsAt.epochMilliseconds / 1000}`;
  await sql`savepoint auto_renew`.execute(tx);
  try {
    const buyer = { tx, tenant, creator: tenant, now };
    const { orderId } = await placeRenewal(buyer, catalog, request, token, { automatic: true, inTurn });
    await guardAutomaticOrder({ tx, tenant, now }, orderId, { rails: catalog.guardRails, dueAt: endsAt });
    await sql`release savepoint auto_renew`.execute(tx);
    return true;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    await sql`rollback to savepoint auto_renew`.execute(tx);
    if (error instanceof BoundReached) await parkBilling(tx, tenant, { by: 'guard', reason: error.reason }, now);
    await announce({ tx, tenant, now: inTurn ? endsAt : now }, autoRenewFailed, {
      instanceId,
      product,
      endsAt: endsAt.toString(),
      reason: error.code,
    });
    return false;
  }
}
