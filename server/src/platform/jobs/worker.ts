/**
 * Runs the queue (graphile-worker). Jobs of a process that was killed are taken back at once: each process holds an
 * advisory lock for as long as it lives, and registers its workers under that lock.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, Logger as WorkerLogger, type Runner, type TaskList } from 'graphile-worker';
import { z } from 'zod';
import type { Platform } from '../platform.ts';
import type { Job } from './job.ts';
import { joinAsProcess } from './process-membership.ts';

export interface JobRunner {
  /** Takes no more jobs, tells those that run to end (their signal aborts) and waits for them, then leaves. */
  stop(): Promise<void>;
}

export interface JobRunnerOptions {
  jobs: readonly Job[];
  concurrency: number;
}

const envelope = z.object({ tenant: z.string().transform(BigInt), data: z.unknown() });
const recoveryIntervalMs = 2_000;
/** A job that does not heed its signal is left behind: the queue gives it to another process, or to the next start. */
const stopPatienceMs = 20_000;

/** Starts working on the queue. */
export async function startJobRunner(platform: Platform, { jobs, concurrency }: JobRunnerOptions): Promise<JobRunner> {
  const { log } = platform;
  const stopping = new AbortController();
  const membership = await joinAsProcess(platform);
  await membership.recoverJobs();
  const recovery = setInterval(() => {
    membership
      .recoverJobs()
      .catch((error: unknown) => log.warn({ err: error }, 'looking for jobs of dead processes failed'));
  }, recoveryIntervalMs);
  const events = new EventEmitter();
  // The queue knows who holds a job by the id of the pool that its workers stand in.
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    membership
      .register(workerPool.id)
      .catch((error: unknown) => log.error({ err: error }, 'the workers could not register'));
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
      const patience = new AbortController();
      const stopped = await Promise.race([
        runner.stop().then(() => true),
        sleep(stopPatienceMs, false, { signal: patience.signal }),
      ]);
      patience.abort();
      if (!stopped) {
        log.warn('jobs did not end in time; they are run again');
        return;
      }
      await membership.untilReleased();
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
        const facts = { err: error, job: job.name, id, attempts, tenant: String(tenant) };
        if (signal.aborted) platform.log.info(facts, 'a job was interrupted by the stop; it is run again');
        else platform.log.error(facts, 'a job failed');
        throw error;
      }
    };
  }
  return tasks;
}
