/**
 * Nothing new comes while data are deleted, so that what was bought anew meanwhile begins clean, and what is deleted is
 * old. Who may write looks here first, and holds a lock until its transaction ends; a deletion waits for those locks
 * once, before its first piece. So of two at the same moment either the write is there when the deletion begins, or it
 * sees the deletion and is refused.
 */
import { sql } from 'kysely';
import type { AppTransaction } from '../../../platform/database/index.ts';
import { ActionError } from '../../../platform/errors.ts';
import type { Ended } from './deletion-hook.ts';

/** Whose data are being deleted now; that stays so for writes of this transaction. */
export async function beingDeleted(tx: AppTransaction, tenant: bigint): Promise<ReadonlySet<Ended>> {
  const { rows } = await sql<{ ended: Ended }>`
    select ended from being_deleted(${tenant}, ${lockName(tenant)}) as open(ended)`.execute(tx);
  return new Set(rows.map(({ ended }) => ended));
}

/** Throws `FailedOperation.DeletionRunning` while data are deleted: those of an edition, or of what else is named. */
export async function requireNoDeletion(
  tx: AppTransaction,
  tenant: bigint,
  of: readonly Ended[] = ['trial', 'professional'],
): Promise<void> {
  const ended = await beingDeleted(tx, tenant);
  if (!of.some((one) => ended.has(one))) return;
  throw new ActionError(
    'FailedOperation.DeletionRunning',
    'the data of what has ended are being deleted; try again when DescribeDeletionReports says that this is done',
  );
}

/** Waits until every transaction has ended that may still write what it was allowed before. */
export async function waitForWriters(tx: AppTransaction, tenant: bigint): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockName(tenant)}, 0))`.execute(tx);
}

function lockName(tenant: bigint): string {
  return `wharfinger data of ${tenant}`;
}
