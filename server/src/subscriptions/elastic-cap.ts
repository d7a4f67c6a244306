/** The elastic cap of the professional edition, as the user sets it. Source: product rules, 3.2. */
import { sql } from 'kysely';
import { lockWallet } from '../billing/index.ts';
import { checkElasticCap, currentCatalog } from '../catalog/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Occasion } from '../platform/events/index.ts';
import { stateAt } from './lifecycle.ts';
import { holdingsAt } from './subscription.ts';
import { readSubscriptions } from './subscription-store.ts';

/**
 * Sets the cap of what is in force, for the samples from now on. Throws `InvalidParameter.ElasticCap` for one outside of
 * the catalogue's bounds, `InvalidParameter.NoEdition` without an active professional edition.
 */
export async function setElasticCap({ tx, tenant, now }: Occasion, cap: number): Promise<void> {
  checkElasticCap(await currentCatalog(tx, now), BigInt(cap));
  await lockWallet(tx, tenant);
  const { professional } = holdingsAt(await readSubscriptions(tx, tenant), now);
  if (!professional || stateAt(professional, now) !== 'active') {
    throw new ActionError('InvalidParameter.NoEdition', 'buy or renew the professional edition first');
  }
  await sql`
    update subscriptions set protection = jsonb_set(protection, '{elasticCap}', to_jsonb(${cap}::bigint))
    where tenant_id = ${tenant} and instance_id = ${professional.instanceId}`.execute(tx);
}
