/**
 * Business deadlines as rows: a timer waits until the clock reaches its instant, then becomes the job that it names.
 * Set again under the same key it moves; the transaction that sets it decides whether it exists.
 */
import { sql } from 'kysely';
import type { AppTransaction, Database, SystemTransaction } from '../database/index.ts';
import type { Job } from '../jobs/index.ts';
import { machineTime } from '../machine-time.ts';

type TimerTables = {
  timers: {
    tenant_id: bigint;
    key: string;
    due_at: Temporal.Instant;
    job: string;
    payload: string;
    max_attempts: number;
  };
};

const queuePrefix = 'timers/';
/** So many timers become jobs in one transaction. */
export const fireBatch = 1_000;

/** What a fired timer became. */
export interface FiredJob {
  jobKey: string;
}

/** When a job of a tenant is due, and with what. */
export interface Timer<Data> {
  key: string;
  dueAt: Temporal.Instant;
  job: Job<Data>;
  data: Data;
}

/** Sets or moves a timer of this tenant. */
export async function setTimer<Data>(tx: AppTransaction, tenant: bigint, timer: Timer<Data>): Promise<void> {
  await setTimers(tx, [{ tenant, ...timer }]);
}

/** Sets or moves timers of many tenants, one statement for all. */
export async function setTimers<Data>(
  tx: AppTransaction | SystemTransaction,
  timers: readonly (Timer<Data> & { tenant: bigint })[],
): Promise<void> {
  if (timers.length === 0) return;
  const rows = timers.map(({ tenant, key, dueAt, job, data }) => ({
    tenant_id: tenant,
    key,
    due_at: dueAt,
    job: job.name,
    payload: JSON.stringify(job.data.parse(data)),
    max_attempts: job.maxAttempts,
  }));
  await tx
    .withTables<TimerTables>()
    .insertInto('timers')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'key']).doUpdateSet((row) => ({
        due_at: row.ref('excluded.due_at'),
        job: row.ref('excluded.job'),
        payload: row.ref('excluded.payload'),
        max_attempts: row.ref('excluded.max_attempts'),
      })),
    )
    .execute();
}

/** Takes a timer away; one that is not there is no error. */
export async function clearTimer(tx: AppTransaction, tenant: bigint, key: string): Promise<void> {
  await tx
    .withTables<TimerTables>()
    .deleteFrom('timers')
    .where('tenant_id', '=', tenant)
    .where('key', '=', key)
    .execute();
}

/** The instant of the earliest timer of all tenants. */
export async function nextDue(tx: SystemTransaction): Promise<Temporal.Instant | undefined> {
  const row = await tx
    .withTables<TimerTables>()
    .selectFrom('timers')
    .select('due_at')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at;
}

/** Turns timers that are due at `now` into jobs, earliest first, at most {@link fireBatch}. Each tenant's run one after the other. */
export async function fireTimers(tx: SystemTransaction, now: Temporal.Instant): Promise<FiredJob[]> {
  const { rows } = await sql<{ job_key: string }>`
      with due as (
        delete from timers t using (
          select tenant_id, key from timers where due_at <= ${now} order by due_at, tenant_id, key limit ${fireBatch}
          for update skip locked
        ) first
        where t.tenant_id = first.tenant_id and t.key = first.key
        returning t.*
      ), ordered as (select * from due order by due_at, tenant_id, key)
      select (graphile_worker.add_job(
        job,
        payload => json_build_object('tenant', tenant_id::text, 'data', payload),
        queue_name => ${queuePrefix} || tenant_id,
        max_attempts => max_attempts,
        job_key => tenant_id || '/' || job || '/' || key || '/' || extract(epoch from due_at)::bigint)).key as job_key
      from ordered`.execute(tx);
  return rows.map((row) => ({ jobKey: row.job_key }));
}

/** A fired timer's job that has not ended; `failure` when it failed and waits to be tried again. */
export interface UnfinishedJob extends FiredJob {
  failure: string | undefined;
}

/** Which of these jobs have not ended. */
export async function unfinishedJobs(database: Database, fired: readonly FiredJob[]): Promise<UnfinishedJob[]> {
  // Asked often, so without a transaction around it.
  const { rows } = await database.systemPool.query<{ key: string; failure: string | null }>(
    `select key, case when locked_at is null and attempts > 0 then last_error end as failure
    from graphile_worker._private_jobs where key = any($1)`,
    [fired.map((job) => job.jobKey)],
  );
  return rows.map((row) => ({ jobKey: row.key, failure: row.failure ?? undefined }));
}

/** Lets the jobs of timers that fired earlier and failed be tried at once, from their first attempt on. */
export async function retryFiredJobs(database: Database): Promise<FiredJob[]> {
  return database.inSystem('try failed timers again', async (tx) => {
    const { rows } = await sql<{ id: string; key: string }>`
      select j.id::text, j.key from graphile_worker._private_jobs j
      join graphile_worker._private_job_queues q on q.id = j.job_queue_id
      where starts_with(q.queue_name, ${queuePrefix}) and j.key is not null order by j.id`.execute(tx);
    const ids = rows.map((row) => row.id);
    await sql`select graphile_worker.reschedule_jobs(${ids}::bigint[], run_at => ${machineTime()}, attempts => 0)`.execute(
      tx,
    );
    return rows.map((row) => ({ jobKey: row.key }));
  });
}
