/**
 * Runs the queue (graphile-worker). Jobs of a process that was killed are taken back at once: each process holds an
 * advisory lock for as long as it lives, and registers its workers under that lock.
 */
import { randomInt } from 'node:crypto';
import { run, Logger as WorkerLogger, type Runner, type TaskList } from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { machineTime } from '../machine-time.ts';
import type { Job } from './job.ts';

export interface JobRunner {
  /** Lets running jobs end (they see an abort after a moment), then leaves. */
  stop(): Promise<void>;
}

export interface JobRunnerOptions {
  jobs: readonly Job[];
  concurrency: number;
}

const envelope = z.object({ tenant: z.string().transform(BigInt), data: z.unknown() });
const recoveryIntervalMs = 5_000;
/** A worker registers within this time after it has taken its first job, or its process is dead. */
const registrationGraceMs = 10_000;

/** Starts working on the queue. */
export async function startJobRunner(platform: Platform, { jobs, concurrency }: JobRunnerOptions): Promise<JobRunner> {
  const { log } = platform;
  const stopping = new AbortController();
  const membership = await joinAsProcess(platform);
  await recoverJobs(platform);
  const recovery = setInterval(() => {
    recoverJobs(platform).catch((error: unknown) =>
      log.warn({ err: error }, 'looking for jobs of dead processes failed'),
    );
  }, recoveryIntervalMs);
  const events = new EventEmitter();
  events.on('worker:create', ({ worker }: { worker: { workerId: string } }) => {
    membership
      .register(worker.workerId)
      .catch((error: unknown) => log.error({ err: error }, 'a worker could not register'));
  });
  const runner: Runner = await run({
    pgPool: platform.database.systemPool,
    taskList: taskList(platform, jobs, stopping.signal),
    concurrency,
    noHandleSignals: true,
    events,
    pollInterval: 1_000,
    logger: new WorkerLogger(() => (level, message, meta) => {
      if (level === 'error') log.error({ meta }, message);
      else if (level === 'warning') log.warn({ meta }, message);
      else log.debug({ meta }, message);
    }),
  });
  return {
    async stop() {
      clearInterval(recovery);
      stopping.abort(new Error('the service stops'));
      await runner.stop();
      await membership.leave();
    },
  };
}

function taskList(platform: Platform, jobs: readonly Job[], signal: AbortSignal): TaskList {
  const tasks: TaskList = {};
  for (const job of jobs) {
    tasks[job.name] = async (payload, { job: { id, attempts } }) => {
      const { tenant, data } = envelope.parse(payload);
      try {
        await job.run({ platform, tenant, signal }, job.data.parse(data));
      } catch (error) {
        platform.log.error({ err: error, job: job.name, id, attempts, tenant: String(tenant) }, 'a job failed');
        throw error;
      }
    };
  }
  return tasks;
}

async function joinAsProcess(platform: Platform) {
  const processKey = randomInt(1, 2 ** 47);
  const connection = await platform.database.systemPool.connect();
  connection.on('error', (error) =>
    platform.log.error({ err: error }, 'the connection that marks this process was lost'),
  );
  await connection.query('select pg_advisory_lock($1)', [processKey]);
  return {
    async register(workerId: string) {
      await platform.database.systemPool.query(
        'insert into job_workers (worker_id, process_key) values ($1, $2) on conflict do nothing',
        [workerId, processKey],
      );
    },
    async leave() {
      await connection.query('delete from job_workers where process_key = $1', [processKey]);
      connection.release(true);
    },
  };
}

/** Gives back to the queue what workers of dead processes hold. */
async function recoverJobs(platform: Platform): Promise<void> {
  const graceEnds = machineTime().subtract({ milliseconds: registrationGraceMs });
  const { rows } = await platform.database.systemPool.query<{ worker_id: string }>(
    'select worker_id from dead_job_workers($1)',
    [graceEnds.toString()],
  );
  if (rows.length === 0) return;
  const dead = rows.map((row) => row.worker_id);
  await platform.database.systemPool.query('select graphile_worker.force_unlock_workers($1)', [dead]);
  await platform.database.systemPool.query('delete from job_workers where worker_id = any($1)', [dead]);
  platform.log.info({ workers: dead.length }, 'jobs of a process that ended were given back to the queue');
}
