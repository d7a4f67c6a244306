/** SQL of the exports: asked for, being made, there to be fetched. */
import type { Generated, GeneratedAlways } from 'kysely';
import { z } from 'zod';
import type { AppTransaction } from '../../../platform/database/index.ts';
import type { ExportedFile } from './write-archive.ts';

type Instant = Temporal.Instant;
export type ExportState = 'making' | 'done' | 'failed';

type ExportTables = {
  exports: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    state: ExportState;
    run: Generated<number>;
    failures: Generated<number>;
    asked_at: Instant;
    snapshot_at: Generated<Instant | null>;
    finished_at: Generated<Instant | null>;
    expires_at: Generated<Instant | null>;
    size_bytes: Generated<bigint | null>;
    sha256: Generated<string | null>;
    files: Generated<unknown>;
  };
};

const filesColumn = z.array(
  z.object({
    name: z.string(),
    domain: z.string(),
    rows: z.int(),
    sizeBytes: z.int(),
    sha256: z.string(),
  }) satisfies z.ZodType<ExportedFile>,
);

export interface Export {
  readonly id: bigint;
  readonly state: ExportState;
  /** The run that made the archive, or makes it. */
  readonly run: number;
  readonly askedAt: Instant;
  readonly snapshotAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly sizeBytes: bigint;
  readonly sha256: string;
  readonly files: readonly ExportedFile[];
}

/** Where the archive lies that a run of an export has made. */
export function archiveKey(tenant: bigint, id: bigint, run: number): string {
  return `exports/${tenant}/${id}-${run}.zip`;
}

/** Keeps that an export is asked for; undefined while another one is made. */
export async function insertExport(tx: AppTransaction, tenant: bigint, now: Instant): Promise<bigint | undefined> {
  const row = await tx
    .withTables<ExportTables>()
    .insertInto('exports')
    .values({ tenant_id: tenant, state: 'making', asked_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Begins to make it, or begins again; gives the number of the run. Undefined when there is nothing to make. */
export async function beginRun(tx: AppTransaction, tenant: bigint, id: bigint): Promise<number | undefined> {
  const row = await tx
    .withTables<ExportTables>()
    .updateTable('exports')
    .set((columns) => ({ run: columns('run', '+', 1) }))
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .where('state', '=', 'making')
    .returning('run')
    .executeTakeFirst();
  return row?.run;
}

/** Notes that the archive is there; false when it is no longer this run's to make. */
export async function markDone(
  tx: AppTransaction,
  tenant: bigint,
  { id, run }: Pick<Export, 'id' | 'run'>,
  end: {
    at: Instant;
    snapshotAt: Instant;
    expiresAt: Instant;
    sizeBytes: number;
    sha256: string;
    files: readonly ExportedFile[];
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<ExportTables>()
    .updateTable('exports')
    .set({
      state: 'done',
      snapshot_at: end.snapshotAt,
      finished_at: end.at,
      expires_at: end.expiresAt,
      size_bytes: BigInt(end.sizeBytes),
      sha256: end.sha256,
      files: JSON.stringify(end.files),
    })
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .where('run', '=', run)
    .where('state', '=', 'making')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Counts an error of ours, and gives the export up after too many; gives whether it is over. */
export async function countFailure(
  tx: AppTransaction,
  tenant: bigint,
  { id, run }: Pick<Export, 'id' | 'run'>,
  { most, now }: { most: number; now: Instant },
): Promise<boolean> {
  const exports = tx.withTables<ExportTables>();
  const row = await exports
    .updateTable('exports')
    .set((columns) => ({ failures: columns('failures', '+', 1) }))
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .where('run', '=', run)
    .where('state', '=', 'making')
    .returning('failures')
    .executeTakeFirst();
  if (!row) return true;
  if (row.failures < most) return false;
  await exports
    .updateTable('exports')
    .set({ state: 'failed', finished_at: now })
    .where('tenant_id', '=', tenant)
    .where('id', '=', id)
    .execute();
  return true;
}

/** Newest first, a page of them, and how many there are. */
export async function listExports(
  tx: AppTransaction,
  tenant: bigint,
  page: { offset: number; limit: number },
): Promise<{ exports: Export[]; total: number }> {
  const { total } = await tx
    .withTables<ExportTables>()
    .selectFrom('exports')
    .select((row) => row.fn.countAll<bigint>().as('total'))
    .where('tenant_id', '=', tenant)
    .executeTakeFirstOrThrow();
  const rows = await exportsOf(tx, tenant).orderBy('id', 'desc').limit(page.limit).offset(page.offset).execute();
  return { exports: rows.map(toExport), total: Number(total) };
}

export async function readExport(tx: AppTransaction, tenant: bigint, id: bigint): Promise<Export | undefined> {
  const row = await exportsOf(tx, tenant).where('id', '=', id).executeTakeFirst();
  return row && toExport(row);
}

/** Forgets exports: all of them, this one, or all that have ended but this one. Gives what their archives lie under. */
export async function forgetExports(
  tx: AppTransaction,
  tenant: bigint,
  which: { only?: bigint; endedExcept?: bigint } = {},
): Promise<Pick<Export, 'id' | 'run'>[]> {
  const { only, endedExcept } = which;
  return tx
    .withTables<ExportTables>()
    .deleteFrom('exports')
    .where('tenant_id', '=', tenant)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? 0n))
    .$if(endedExcept !== undefined, (query) =>
      query.where('id', '<>', endedExcept ?? 0n).where('state', '<>', 'making'),
    )
    .returning(['id', 'run'])
    .execute();
}

function exportsOf(tx: AppTransaction, tenant: bigint) {
  return tx.withTables<ExportTables>().selectFrom('exports').selectAll().where('tenant_id', '=', tenant);
}

function toExport(row: {
  id: bigint;
  state: ExportState;
  run: number;
  asked_at: Instant;
  snapshot_at: Instant | null;
  finished_at: Instant | null;
  expires_at: Instant | null;
  size_bytes: bigint | null;
  sha256: string | null;
  files: unknown;
}): Export {
  return {
    id: row.id,
    state: row.state,
    run: row.run,
    askedAt: row.asked_at,
    snapshotAt: row.snapshot_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    sizeBytes: row.size_bytes ?? 0n,
    sha256: row.sha256 ?? '',
    files: filesColumn.parse(row.files),
  };
}
