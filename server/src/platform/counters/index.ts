/** Totals kept by the domain that owns the counted rows, in the transaction that changes them; readable by all above. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../database/index.ts';

type CounterTables = {
  counters: { tenant_id: bigint; name: string; value: bigint };
};

/** The counters there are, and the domain that keeps each. */
export const counterNames = {
  /** assets: cores of the nodes of all clusters. */
  clusterCores: 'assets.cluster-cores',
  /** assets: cores of hosts that run containers outside a cluster. */
  hostCores: 'assets.host-cores',
  /** assets: hosts that are known, nodes of clusters among them. */
  hosts: 'assets.hosts',
  /** assets: cores of hosts that run no container. */
  coresWithoutContainers: 'assets.cores-without-containers',
  /** assets: images known in registries (repository and tag). */
  registryImages: 'assets.registry-images',
  /** scanning: registry images that have a scan result. */
  scannedRegistryImages: 'scanning.scanned-registry-images',
} as const;

export type CounterName = (typeof counterNames)[keyof typeof counterNames];

/** Adds to a counter of this tenant (a negative amount takes away). */
export async function count(
  tx: AppTransaction | SystemTransaction,
  tenant: bigint,
  name: CounterName,
  amount: bigint,
): Promise<void> {
  if (amount === 0n) return;
  await tx
    .withTables<CounterTables>()
    .insertInto('counters')
    .values({ tenant_id: tenant, name, value: amount })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'name']).doUpdateSet({ value: sql<bigint>`counters.value + excluded.value` }),
    )
    .execute();
}

/** Counters of this tenant; one that was never counted is 0. */
export async function readCounters(
  tx: AppTransaction | SystemTransaction,
  tenant: bigint,
): Promise<(name: CounterName) => bigint> {
  const rows = await tx
    .withTables<CounterTables>()
    .selectFrom('counters')
    .select(['name', 'value'])
    .where('tenant_id', '=', tenant)
    .execute();
  const values = new Map(rows.map((row) => [row.name, row.value]));
  return (name) => values.get(name) ?? 0n;
}

/** Forgets the totals of a domain (`assets`), which has deleted what they counted. */
export async function dropCounters(tx: AppTransaction, tenant: bigint, domain: string): Promise<void> {
  await tx
    .withTables<CounterTables>()
    .deleteFrom('counters')
    .where('tenant_id', '=', tenant)
    .where('name', 'like', `${domain}.%`)
    .execute();
}
