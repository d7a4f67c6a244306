/** The one door through which counted cores come in: a history of how many a tenant has since when. */
import type { AppTransaction } from '../../platform/database/index.ts';
import { requireNoDeletion } from '../../subscriptions/index.ts';

type CountedTables = {
  counted_cores: { tenant_id: bigint; from_at: Temporal.Instant; cores: bigint; source: string };
  newest_core_counts: { tenant_id: bigint; from_at: Temporal.Instant; cores: bigint };
};

/** More cores than anybody has. */
export const mostCores = 1_000_000_000;

export interface CoreCount {
  from: Temporal.Instant;
  /** Cores of assets whose protection is switched on. Source: product rules, 3.1, counted cores. */
  cores: bigint;
  /** Who says so, and on what it stands: shown where a charge is explained. */
  source: Record<string, string>;
}

/**
 * From an instant on a tenant has so many counted cores; said again for the same instant, the last word counts. Throws
 * `FailedOperation.DeletionRunning` while those of an edition that has ended are deleted.
 */
export async function recordSample(
  tx: AppTransaction,
  tenant: bigint,
  { from, cores, source }: CoreCount,
): Promise<void> {
  await requireNoDeletion(tx, tenant);
  const row = { cores, source: JSON.stringify(source) };
  const tables = tx.withTables<CountedTables>();
  await tables
    .insertInto('counted_cores')
    .values({ tenant_id: tenant, from_at: from, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'from_at']).doUpdateSet(row))
    .execute();
  await tables
    .insertInto('newest_core_counts')
    .values({ tenant_id: tenant, from_at: from, cores })
    .onConflict((conflict) =>
      conflict
        .column('tenant_id')
        .doUpdateSet({ from_at: from, cores })
        .where('newest_core_counts.from_at', '<=', from),
    )
    .execute();
}
