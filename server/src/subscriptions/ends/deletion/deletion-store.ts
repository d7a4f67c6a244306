/** SQL of the deletions: what is to be deleted, how far it has come, and the counts of the reports. */
import { sql, type Generated, type GeneratedAlways } from 'kysely';
import type { AppTransaction } from '../../../platform/database/index.ts';
import type { DeletedCounts, Ended } from './deletion-hook.ts';

type Instant = Temporal.Instant;

/** `end`: what goes at the end; `kept`: what was kept for some time after it. */
export type Stage = 'end' | 'kept';

type DeletionTables = {
  deletions: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    ended: Ended;
    instance_id: string;
    ended_at: Instant;
    begun_at: Generated<Instant | null>;
    finished_at: Generated<Instant | null>;
    kept_until: Generated<Instant | null>;
    kept_deleted_at: Generated<Instant | null>;
  };
  deletion_counts: {
    tenant_id: bigint;
    deletion_id: bigint;
    stage: Stage;
    domain: string;
    kind: string;
    deleted: bigint;
  };
};

export interface Deletion {
  readonly id: bigint;
  readonly ended: Ended;
  /** Empty for the trial. */
  readonly instanceId: string;
  readonly endedAt: Instant;
  readonly begunAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** Until then a part is kept; null where nothing is. */
  readonly keptUntil: Instant | null;
  readonly keptDeletedAt: Instant | null;
}

export interface DeletionReport extends Deletion {
  counts: { stage: Stage; domain: string; kind: string; deleted: bigint }[];
}

/** Notes that the data of what ended are to be deleted; false when that was noted before. */
export async function insertDeletion(
  tx: AppTransaction,
  tenant: bigint,
  { ended, instanceId, endedAt }: Pick<Deletion, 'ended' | 'instanceId' | 'endedAt'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .withTables<DeletionTables>()
    .insertInto('deletions')
    .values({ tenant_id: tenant, ended, instance_id: instanceId, ended_at: endedAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whose data are still to be deleted. */
export async function openDeletions(tx: AppTransaction, tenant: bigint): Promise<Deletion[]> {
  const rows = await deletionsOf(tx, tenant).where('finished_at', 'is', null).orderBy('id').execute();
  return rows.map(toDeletion);
}

export async function readDeletion(tx: AppTransaction, tenant: bigint, id: bigint): Promise<Deletion | undefined> {
  const row = await deletionsOf(tx, tenant).where('id', '=', id).executeTakeFirst();
  return row && toDeletion(row);
}

/** Holds a deletion for one piece or for its end, so that two processes at once take turns. */
export async function lockDeletion(tx: AppTransaction, tenant: bigint, id: bigint): Promise<Deletion> {
  return toDeletion(await deletionsOf(tx, tenant).where('id', '=', id).forUpdate().executeTakeFirstOrThrow());
}

/** The first begin counts. */
export async function markBegun(tx: AppTransaction, tenant: bigint, id: bigint, at: Instant): Promise<void> {
  await change(tx, tenant, id, { begun_at: at }, 'begun_at');
}

/** Notes the end of a deletion, and until when a part is kept; false when that was noted before. */
export function markFinished(
  tx: AppTransaction,
  tenant: bigint,
  id: bigint,
  { at, keptUntil }: { at: Instant; keptUntil: Instant | null },
): Promise<boolean> {
  return change(tx, tenant, id, { finished_at: at, kept_until: keptUntil }, 'finished_at');
}

export function markKeptDeleted(tx: AppTransaction, tenant: bigint, id: bigint, at: Instant): Promise<boolean> {
  return change(tx, tenant, id, { kept_deleted_at: at }, 'kept_deleted_at');
}

/** Adds what a piece has deleted to the report, in the piece's own transaction. */
export async function addCounts(
  tx: AppTransaction,
  tenant: bigint,
  { id, stage, domain }: { id: bigint; stage: Stage; domain: string },
  counts: DeletedCounts,
): Promise<void> {
  const rows = Object.entries(counts).map(([kind, deleted]) => ({
    tenant_id: tenant,
    deletion_id: id,
    stage,
    domain,
    kind,
    deleted: BigInt(deleted),
  }));
  if (rows.length === 0) return;
  await tx
    .withTables<DeletionTables>()
    .insertInto('deletion_counts')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'deletion_id', 'stage', 'domain', 'kind'])
        .doUpdateSet({ deleted: sql<bigint>`deletion_counts.deleted + excluded.deleted` }),
    )
    .execute();
}

export async function totalDeleted(tx: AppTransaction, tenant: bigint, id: bigint, stage: Stage): Promise<bigint> {
  const { rows } = await sql<{ total: bigint }>`
    select coalesce(sum(deleted), 0)::bigint as total from deletion_counts
    where tenant_id = ${tenant} and deletion_id = ${id} and stage = ${stage}`.execute(tx);
  return rows[0]?.total ?? 0n;
}

/** Reports, newest first, a page of them, and how many there are. */
export async function listReports(
  tx: AppTransaction,
  tenant: bigint,
  page: { offset: number; limit: number },
): Promise<{ reports: DeletionReport[]; total: number }> {
  const tables = tx.withTables<DeletionTables>();
  const { total } = await tables
    .selectFrom('deletions')
    .select((row) => row.fn.countAll<bigint>().as('total'))
    .where('tenant_id', '=', tenant)
    .executeTakeFirstOrThrow();
  const rows = await deletionsOf(tx, tenant).orderBy('id', 'desc').limit(page.limit).offset(page.offset).execute();
  const counts = await tables
    .selectFrom('deletion_counts')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('deletion_id', '=', sql<bigint>`any(${rows.map(({ id }) => String(id))}::bigint[])`)
    .orderBy('stage')
    .orderBy('domain')
    .orderBy('kind')
    .execute();
  const byDeletion = Map.groupBy(counts, (row) => row.deletion_id);
  const reports = rows.map((row) => ({ ...toDeletion(row), counts: byDeletion.get(row.id) ?? [] }));
  return { reports, total: Number(total) };
}

async function change(
  tx: AppTransaction,
  tenant: bigint,
  id: bigint,
  values: Partial<Record<'begun_at' | 'finished_at' | 'kept_until' | 'kept_deleted_at', Instant | null>>,
  unlessSet: 'begun_at' | 'finished_at' | 'kept_deleted_at',
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<DeletionTables>()
    .updateTable('deletions')
    .set(values)
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .where(unlessSet, 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

function deletionsOf(tx: AppTransaction, tenant: bigint) {
  return tx.withTables<DeletionTables>().selectFrom('deletions').selectAll().where('tenant_id', '=', tenant);
}

function toDeletion(row: {
  id: bigint;
  ended: Ended;
  instance_id: string;
  ended_at: Instant;
  begun_at: Instant | null;
  finished_at: Instant | null;
  kept_until: Instant | null;
  kept_deleted_at: Instant | null;
}): Deletion {
  return {
    id: row.id,
    ended: row.ended,
    instanceId: row.instance_id,
    endedAt: row.ended_at,
    begunAt: row.begun_at,
    finishedAt: row.finished_at,
    keptUntil: row.kept_until,
    keptDeletedAt: row.kept_deleted_at,
  };
}
