/** Inventories against the advisories of the service. */
import { matchInventory } from '@wharfinger/scanner';
import { advisoryGeneration, databaseAdvisories } from '../advisories/index.ts';
import type { Database } from '../platform/database/index.ts';
import type { MatchableInventory, MatchedInventory } from './result-store.ts';
import { vulnerabilityRows } from './vulnerability-rows.ts';

/** What the advisories tell of an inventory, and how new they were at least: read before, so that none is missed. */
export async function matchStored(
  database: Database,
  tenant: bigint,
  { operatingSystem, packages }: MatchableInventory,
): Promise<MatchedInventory> {
  const generation = await database.inTenant(tenant, (tx) => advisoryGeneration(tx));
  const inventory = { ...(operatingSystem && { operatingSystem }), packages };
  const findings = await matchInventory(inventory, databaseAdvisories(database));
  return { inventory, vulnerabilities: vulnerabilityRows(findings), generation };
}
