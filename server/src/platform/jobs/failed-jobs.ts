/** Jobs that have failed: those that wait for their next attempt, and those that have had their last. The queue is the role `system`'s to read. */
import { sql } from 'kysely';
import type { SystemTransaction } from '../database/index.ts';
import { ActionError } from '../errors.ts';
import { withoutSecrets } from '../log.ts';
import { machineTime } from '../machine-time.ts';

export interface FailedJob {
  readonly id: bigint;
  readonly name: string;
  readonly tenant: bigint;
  /** What it does once; without the tenant and the job's name. */
  readonly key: string;
  readonly attempts: number;
  readonly maxAttempts: number;
  /** The error's first line. */
  readonly error: string;
  /** Machine time; undefined after the last attempt. */
  readonly nextAttempt: Temporal.Instant | undefined;
}

/** So much of an error is looked at, and so much of it shown. */
const longestLine = 4_000;
const longestError = 300;

/** A job has failed when it was tried and is not being tried. */
const hasFailed = sql`j.attempts > 0 and j.last_error is not null and j.locked_at is null`;

/** Failed jobs, those that are not tried again first, then the oldest; a page of them, and how many there are. */
export async function listFailedJobs(
  tx: SystemTransaction,
  { tenant, offset, limit }: { tenant?: bigint | undefined; offset: number; limit: number },
): Promise<{ jobs: FailedJob[]; total: number }> {
  const ofTenant = tenant === undefined ? sql`` : sql`and j.payload->>'tenant' = ${String(tenant)}`;
  const { rows } = await sql<FailedJobRow>`
    select j.id, t.identifier as name, j.payload->>'tenant' as tenant, j.key, j.attempts, j.max_attempts, j.last_error,
      case when j.attempts < j.max_attempts then j.run_at end as next_attempt, count(*) over () as total
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where ${hasFailed} ${ofTenant}
    order by j.attempts < j.max_attempts, j.id offset ${offset} limit ${limit}`.execute(tx);
  return { jobs: rows.map(toFailedJob), total: Number(rows[0]?.total ?? 0n) };
}

/** How many jobs of each name have failed. */
export async function countFailedJobs(tx: SystemTransaction): Promise<{ name: string; failed: number }[]> {
  const { rows } = await sql<{ name: string; failed: bigint }>`
    select t.identifier as name, count(*) as failed
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where ${hasFailed} group by t.identifier`.execute(tx);
  return rows.map((row) => ({ name: row.name, failed: Number(row.failed) }));
}

/**
 * Lets a failed job be tried at once, with all its attempts before it. Throws `ResourceNotFound.Job` for one that is not in
 * the queue (any more), and `FailedOperation.JobNotFailed` for one that has not failed, or is being tried.
 */
export async function rerunFailedJob(tx: SystemTransaction, id: bigint): Promise<void> {
  const { rows } = await sql<{ failed: boolean }>`
    select ${hasFailed} as failed from graphile_worker._private_jobs j where j.id = ${id} for update`.execute(tx);
  if (!rows[0]) throw new ActionError('ResourceNotFound.Job', `there is no job ${id} in the queue; it may have ended`);
  if (!rows[0].failed)
    throw new ActionError('FailedOperation.JobNotFailed', `the job ${id} waits for its turn or runs`);
  await sql`
    select graphile_worker.reschedule_jobs(array[${id}]::bigint[], run_at => ${machineTime()}, attempts => 0)`.execute(
    tx,
  );
}

interface FailedJobRow {
  id: bigint;
  name: string;
  tenant: string | null;
  key: string | null;
  attempts: number;
  max_attempts: number;
  last_error: string;
  next_attempt: Temporal.Instant | null;
  total: bigint;
}

function toFailedJob(row: FailedJobRow): FailedJob {
  const prefix = `${row.tenant}/${row.name}/`;
  const key = row.key ?? '';
  return {
    id: row.id,
    name: row.name,
    tenant: BigInt(row.tenant ?? 0),
    key: key.startsWith(prefix) ? key.slice(prefix.length) : key,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    error: firstLine(row.last_error),
    nextAttempt: row.next_attempt ?? undefined,
  };
}

function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/, 1);
  return withoutSecrets(line.slice(0, longestLine).replaceAll(/\p{Cc}+/gu, ' ')).slice(0, longestError);
}
