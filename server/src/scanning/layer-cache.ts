/**
 * The indexes of a tenant's layers, kept in the database. An index answers only for its own tenant, layer, origin, indexer,
 * rules and risk classes; a newer indexer or rule set means that the layer is pulled again. Source: design, idea 6.
 */
import type { IndexCache, IndexKey, LayerIndex } from '@wharfinger/scanner';
import type { Database } from '../platform/database/index.ts';
import type { ScanningTables } from './scanning-tables.ts';
import { holdRun, type TaskImageKey } from './task-store.ts';
import { packJson, unpackJson } from './storable.ts';

/** An index beyond this many packed bytes is read again rather than kept: no real layer comes near. */
const maxPackedBytes = 64 * 1024 * 1024;

/**
 * The cache of one tenant, for one run of a scan. Each index is kept as soon as its layer is read, so that a scan begun
 * again goes on there; what comes after the run was stopped is not kept.
 */
export function tenantLayerCache(database: Database, tenant: bigint, key: TaskImageKey, run: number): IndexCache {
  return {
    get: (index) =>
      database.inTenant(tenant, async (tx) => {
        const row = await tx
          .withTables<ScanningTables>()
          .selectFrom('layer_indexes')
          .select('content')
          .where((where) => where.and(columnsOf(tenant, index)))
          .executeTakeFirst();
        // Written by this domain from what the scanner made, under the version that is part of the key.
        return row && ((await unpackJson(row.content)) as LayerIndex);
      }),
    async put(indexKey, index) {
      const content = await packJson(index);
      if (content.length > maxPackedBytes) return;
      await database.inTenant(tenant, async (tx) => {
        if (!(await holdRun(tx, tenant, key, run))) return;
        const { indexer, rules, ...sameLayer } = columnsOf(tenant, indexKey);
        const indexes = tx.withTables<ScanningTables>();
        await indexes
          .deleteFrom('layer_indexes')
          .where((where) =>
            where.and([where.and(sameLayer), where.or([where('indexer', '<>', indexer), where('rules', '<>', rules)])]),
          )
          .execute();
        await indexes
          .insertInto('layer_indexes')
          .values({ ...sameLayer, indexer, rules, content })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },
  };
}

function columnsOf(tenant: bigint, key: IndexKey) {
  const { layer, origin, indexer, rules, riskClasses } = key;
  return { tenant_id: tenant, layer, origin, indexer, rules, risk_classes: riskClasses };
}
