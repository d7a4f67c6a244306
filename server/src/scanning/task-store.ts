/** SQL of the tasks: what was asked for, its images and their places, and the newest scan of each image. */
import type { RiskClass } from '@wharfinger/scanner';
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { EndedState, ScanState } from './scan-state.ts';
import type { ScanningTables, TaskKind } from './scanning-tables.ts';

export interface ScanTask {
  id: bigint;
  kind: TaskKind;
  riskClasses: RiskClass[];
  /** For each image. */
  timeoutSeconds: number | undefined;
  createdAt: Temporal.Instant;
  endedAt: Temporal.Instant | undefined;
}

/** One image of one task. */
export interface TaskImageKey {
  task: bigint;
  imageId: string;
}

export interface TaskImage {
  state: ScanState;
  run: number;
  failures: number;
}

/** An image to scan, and the places that it was chosen by. */
export interface ChosenImage {
  imageId: string;
  places: bigint[];
}

/** Keeps a task whose images all wait, and makes it the newest scan of each of them. */
export async function insertTask(
  tx: AppTransaction,
  tenant: bigint,
  task: { kind: TaskKind; riskClasses: RiskClass[]; timeoutSeconds: number | undefined; createdAt: Temporal.Instant },
  images: readonly ChosenImage[],
): Promise<bigint> {
  const { id } = await tx
    .withTables<ScanningTables>()
    .insertInto('scan_tasks')
    .values({
      tenant_id: tenant,
      kind: task.kind,
      risk_classes: task.riskClasses,
      timeout_seconds: task.timeoutSeconds ?? null,
      created_at: task.createdAt,
      image_count: images.length,
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const imageIds = images.map((image) => image.imageId);
  await sql`
    insert into scan_task_images (tenant_id, task_id, image_id, state)
    select ${tenant}, ${id}, image, 'waiting' from unnest(${imageIds}::text[]) image`.execute(tx);
  const places = images.flatMap(({ imageId, places }) => places.map((place) => ({ imageId, place: String(place) })));
  await sql`
    insert into scan_task_places (tenant_id, task_id, registry_image_id, image_id)
    select ${tenant}, ${id}, place, image
    from unnest(${places.map(({ place }) => place)}::bigint[], ${places.map(({ imageId }) => imageId)}::text[]) as of(place, image)`.execute(
    tx,
  );
  await sql`
    insert into image_scans (tenant_id, image_id, task_id, risk_classes, state)
    select ${tenant}, image, ${id}, ${task.riskClasses}::text[], 'waiting' from unnest(${imageIds}::text[]) image order by image
    on conflict (tenant_id, image_id) do update
      set task_id = excluded.task_id, risk_classes = excluded.risk_classes, state = 'waiting', reason_code = '', reason = ''`.execute(
    tx,
  );
  return id;
}

export async function readTask(tx: AppTransaction, tenant: bigint, id: bigint): Promise<ScanTask | undefined> {
  const row = await tasksOf(tx, tenant).where('id', '=', id).executeTakeFirst();
  return row && toTask(row);
}

/** The newest task of a kind. */
export async function newestTask(tx: AppTransaction, tenant: bigint, kind: TaskKind): Promise<ScanTask | undefined> {
  const row = await tasksOf(tx, tenant).where('kind', '=', kind).orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row && toTask(row);
}

/** Tasks that have images which have not ended. */
export async function runningTasks(tx: AppTransaction, tenant: bigint, kind?: TaskKind): Promise<ScanTask[]> {
  const rows = await tasksOf(tx, tenant)
    .where('ended_at', 'is', null)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind as TaskKind))
    .orderBy('id')
    .execute();
  return rows.map(toTask);
}

/** How many images wait, by whether they have a result: each image once, with the number of tasks in which it waits. */
export async function waitingImages(
  tx: AppTransaction,
  tenant: bigint,
): Promise<{ hasResult: boolean; tasks: number }[]> {
  const { rows } = await sql<{ has_result: boolean; tasks: number }>`
    select r.image_id is not null as has_result, count(*)::integer as tasks
    from scan_task_images i left join image_results r on r.tenant_id = i.tenant_id and r.image_id = i.image_id
    where i.tenant_id = ${tenant} and i.state = 'waiting'
    group by i.image_id, r.image_id`.execute(tx);
  return rows.map((row) => ({ hasResult: row.has_result, tasks: row.tasks }));
}

/** How many images of all tasks have not ended. */
export async function countOpenImages(tx: AppTransaction, tenant: bigint): Promise<number> {
  const { open } = await tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_images')
    .select((row) => row.fn.countAll<bigint>().as('open'))
    .where('tenant_id', '=', tenant)
    .where('state', 'in', ['waiting', 'scanning'])
    .executeTakeFirstOrThrow();
  return Number(open);
}

/** An image of a task, locked until the transaction ends. */
export async function lockTaskImage(
  tx: AppTransaction,
  tenant: bigint,
  key: TaskImageKey,
): Promise<TaskImage | undefined> {
  return tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_images')
    .select(['state', 'run', 'failures'])
    .where((where) => where.and(columnsOf(tenant, key)))
    .forUpdate()
    .executeTakeFirst();
}

/** Notes that the work begins; gives the number of this run. */
export async function markScanning(
  tx: AppTransaction,
  tenant: bigint,
  key: TaskImageKey,
  startedAt: Temporal.Instant,
): Promise<number> {
  const { run } = await tx
    .withTables<ScanningTables>()
    .updateTable('scan_task_images')
    .set((row) => ({ state: 'scanning', run: row('run', '+', 1), started_at: startedAt, progress: 0 }))
    .where((where) => where.and(columnsOf(tenant, key)))
    .returning('run')
    .executeTakeFirstOrThrow();
  await showNewest(tx, tenant, key.task, [key.imageId], { state: 'scanning', code: '', message: '' });
  return run;
}

/** Counts an error of ours; gives how many there have been. */
export async function countFailure(tx: AppTransaction, tenant: bigint, key: TaskImageKey): Promise<number> {
  const row = await tx
    .withTables<ScanningTables>()
    .updateTable('scan_task_images')
    .set((image) => ({ failures: image('failures', '+', 1) }))
    .where((where) => where.and(columnsOf(tenant, key)))
    .returning('failures')
    .executeTakeFirst();
  return row?.failures ?? 0;
}

/** Notes how far a run has come; false when the image is no longer being scanned by it. */
export async function noteProgress(
  tx: AppTransaction,
  tenant: bigint,
  key: TaskImageKey,
  run: number,
  percent: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<ScanningTables>()
    .updateTable('scan_task_images')
    .set({ progress: Math.max(0, Math.min(99, Math.floor(percent))) })
    .where((where) => where.and({ ...columnsOf(tenant, key), run, state: 'scanning' }))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether the image is still being scanned by this run; it is so until the transaction ends. */
export async function holdRun(tx: AppTransaction, tenant: bigint, key: TaskImageKey, run: number): Promise<boolean> {
  const row = await tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_images')
    .select('run')
    .where((where) => where.and({ ...columnsOf(tenant, key), run, state: 'scanning' }))
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** The images of a task that have not ended (of these, where some are named), locked in one order. */
export async function lockOpenImages(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  imageIds: readonly string[] | undefined,
): Promise<string[]> {
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_images')
    .select('image_id')
    .where('tenant_id', '=', tenant)
    .where('task_id', '=', task)
    .where('state', 'in', ['waiting', 'scanning'])
    .$if(imageIds !== undefined, (query) => query.where('image_id', '=', sql<string>`any(${imageIds})`))
    .orderBy('image_id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.image_id);
}

/** Ends images of a task that this transaction has locked and that had not ended; with the last one the task ends. */
export async function endTaskImages(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  imageIds: readonly string[],
  end: { state: EndedState; code: string; message: string; at: Temporal.Instant },
): Promise<void> {
  if (imageIds.length === 0) return;
  await tx
    .withTables<ScanningTables>()
    .updateTable('scan_task_images')
    .set({ state: end.state, progress: 100, ended_at: end.at, reason_code: end.code, reason: end.message })
    .where('tenant_id', '=', tenant)
    .where('task_id', '=', task)
    .where('image_id', '=', sql<string>`any(${imageIds})`)
    .execute();
  await showNewest(tx, tenant, task, imageIds, end);
  await sql`
    update scan_tasks set ended_count = ended_count + ${imageIds.length}::integer,
      ended_at = case when ended_count + ${imageIds.length}::integer = image_count then ${end.at}::timestamptz end
    where tenant_id = ${tenant} and id = ${task}`.execute(tx);
}

/** Lists show the newest scan of an image; an older one that ends later does not change that. */
async function showNewest(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  imageIds: readonly string[],
  { state, code, message }: { state: ScanState; code: string; message: string },
): Promise<void> {
  await tx
    .withTables<ScanningTables>()
    .updateTable('image_scans')
    .set({ state, reason_code: code, reason: message })
    .where('tenant_id', '=', tenant)
    .where('task_id', '=', task)
    .where('image_id', '=', sql<string>`any(${imageIds})`)
    .execute();
}

function tasksOf(tx: AppTransaction, tenant: bigint) {
  return tx.withTables<ScanningTables>().selectFrom('scan_tasks').selectAll().where('tenant_id', '=', tenant);
}

function toTask(row: {
  id: bigint;
  kind: TaskKind;
  risk_classes: RiskClass[];
  timeout_seconds: number | null;
  created_at: Temporal.Instant;
  ended_at: Temporal.Instant | null;
}): ScanTask {
  return {
    id: row.id,
    kind: row.kind,
    riskClasses: row.risk_classes,
    timeoutSeconds: row.timeout_seconds ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

function columnsOf(tenant: bigint, key: TaskImageKey) {
  return { tenant_id: tenant, task_id: key.task, image_id: key.imageId };
}
