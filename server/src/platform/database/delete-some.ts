import { sql } from 'kysely';
import type { AppTransaction } from './connections.ts';

/** Deletes some of this tenant's rows of a table, and says how many: fewer than `limit` when none are left. */
export async function deleteSome(tx: AppTransaction, table: string, tenant: bigint, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where tenant_id = ${tenant} limit ${limit} for update))`.execute(tx);
  return Number(numAffectedRows);
}
