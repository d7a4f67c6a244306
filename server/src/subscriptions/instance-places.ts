/** Where instances of many tenants were bought, for batches. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';

/** As the buyer named it. */
export interface InstancePlace {
  readonly regionCode: string;
  readonly zoneCode: string;
}

const nowhere: InstancePlace = { regionCode: '', zoneCode: '' };

/** The region and zone of each of these instances; empty for one that the tenant does not have. */
export async function readInstancePlaces(
  tx: AppTransaction | SystemTransaction,
  instances: readonly { tenant: bigint; instanceId: string }[],
): Promise<(tenant: bigint, instanceId: string) => InstancePlace> {
  const { rows } = await sql<{ tenant_id: bigint; instance_id: string; region_code: string; zone_code: string }>`
    select tenant_id, instance_id, region_code, zone_code
    from unnest(
      ${instances.map(({ tenant }) => tenant)}::bigint[],
      ${instances.map(({ instanceId }) => instanceId)}::text[]
    ) as wanted(tenant_id, instance_id)
    join subscriptions using (tenant_id, instance_id)`.execute(tx);
  const named = (tenant: bigint, instanceId: string) => `${tenant} ${instanceId}`;
  const places = new Map(
    rows.map((row) => [
      named(row.tenant_id, row.instance_id),
      { regionCode: row.region_code, zoneCode: row.zone_code },
    ]),
  );
  return (tenant, instanceId) => places.get(named(tenant, instanceId)) ?? nowhere;
}
