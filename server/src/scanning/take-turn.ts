import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';

/**
 * What touches many images of a tenant at once (asking for a scan, stopping, forgetting) takes turns, so that two such
 * transactions never wait for each other in a circle. Taken before any row; ends with the transaction.
 */
export async function takeTurn(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`wharfinger scanning ${tenant}`}, 0))`.execute(tx);
}
