/**
 * Business deadlines as rows: a timer waits until the clock reaches its instant, then becomes the job that it names.
 * Set again under the same key it moves; the transaction that sets it decides whether it exists.
 */
import { sql } from 'kysely';
import type { AppTransaction, Database, SystemTransaction } from '../database/index.ts';
import type { Job } from '../jobs/index.ts';

type TimerTables = {
  timers: { tenant_id: bigint; key: string; due_at: Temporal.Instant; job: string; payload: string };
};

/** What a fired timer became. */
export interface FiredJob {
  jobKey: string;
}

/** Sets or moves a timer of this tenant. */
export async function setTimer<Data>(
  tx: AppTransaction,
  tenant: bigint,
  timer: { key: string; dueAt: Temporal.Instant; job: Job<Data>; data: Data },
): Promise<void> {
  const row = { due_at: timer.dueAt, job: timer.job.name, payload: JSON.stringify(timer.job.data.parse(timer.data)) };
  await tx
    .withTables<TimerTables>()
    .insertInto('timers')
    .values({ tenant_id: tenant, key: timer.key, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'key']).doUpdateSet(row))
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

/** Turns the timers that are due at `now` into jobs, earliest first. Each tenant's run one after the other. */
export async function fireTimers(database: Database, now: Temporal.Instant): Promise<FiredJob[]> {
  return database.inSystem('fire timers', async (tx) => {
    const { rows } = await sql<{ job_key: string }>`
      with due as (
        delete from timers t using (
          select tenant_id, key from timers where due_at <= ${now} order by due_at, tenant_id, key limit 1000
          for update skip locked
        ) first
        where t.tenant_id = first.tenant_id and t.key = first.key
        returning t.*
      ), ordered as (select * from due order by due_at, tenant_id, key)
      select (graphile_worker.add_job(
        job,
        payload => json_build_object('tenant', tenant_id::text, 'data', payload),
        queue_name => 'timers/' || tenant_id,
        job_key => tenant_id || '/' || job || '/' || key || '/' || extract(epoch from due_at)::bigint)).key as job_key
      from ordered`.execute(tx);
    return rows.map((row) => ({ jobKey: row.job_key }));
  });
}

/** Which of these jobs have not ended, and which of them failed and wait to be tried again. */
export async function unfinishedJobs(
  database: Database,
  fired: readonly FiredJob[],
): Promise<{ jobKey: string; lastError: string | undefined }[]> {
  return database.inSystem('wait for timers', async (tx) => {
    const { rows } = await sql<{ key: string; last_error: string | null }>`
      select key, last_error from graphile_worker._private_jobs
      where key = any(${fired.map((job) => job.jobKey)})`.execute(tx);
    return rows.map((row) => ({ jobKey: row.key, lastError: row.last_error ?? undefined }));
  });
}
