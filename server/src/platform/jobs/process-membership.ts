/**
 * Which process a worker of the queue belongs to, and whether that process lives: it holds an advisory lock on a connection
 * of its own, and registers its workers under the lock's key. The database frees the lock the moment the process is gone.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { machineTime } from '../machine-time.ts';
import type { Platform } from '../platform.ts';

export interface ProcessMembership {
  register(workerId: string): Promise<void>;
  /** Gives back to the queue what workers of dead processes hold; never our own, whose mark may be missing for a moment. */
  recoverJobs(): Promise<void>;
  /** Waits until the queue has written down the end of every job of ours: it does not wait for that itself when it stops. */
  untilReleased(): Promise<void>;
  leave(): Promise<void>;
}

/** A worker registers within this time after it has taken its first job, or its process is dead. */
const registrationGraceMs = 10_000;
const rejoinPauseMs = 500;
/** Longer than the queue ever takes to write down an end; after it, what is still held is given back and run again. */
const releasePatienceMs = 5_000;
const releasePauseMs = 10;

/** Joins as a living process; stays so through restarts of the database, until it leaves. */
export async function joinAsProcess(platform: Platform): Promise<ProcessMembership> {
  const { log, database } = platform;
  const processKey = randomInt(1, 2 ** 47);
  const workers = new Set<string>();
  const leaving = new AbortController();
  let connection: pg.PoolClient | undefined;
  await join();

  async function join(): Promise<void> {
    const fresh = await database.systemPool.connect();
    fresh.once('error', (error) => {
      if (connection !== fresh) return;
      connection = undefined;
      fresh.release(true);
      log.warn({ err: error }, 'the connection that marks this process was lost; it is made again');
      void rejoin();
    });
    try {
      await fresh.query('select pg_advisory_lock($1)', [processKey]);
      for (const worker of workers) await insert(fresh, worker);
      connection = fresh;
    } catch (error) {
      fresh.release(true);
      throw error;
    }
  }

  async function rejoin(): Promise<void> {
    while (!leaving.signal.aborted) {
      try {
        await join();
        return;
      } catch (error) {
        log.debug({ err: error }, 'this process could not be marked as living; it is tried again');
        await sleep(rejoinPauseMs, undefined, { signal: leaving.signal }).catch(() => undefined);
      }
    }
  }

  async function insert(runner: pg.Pool | pg.PoolClient, workerId: string): Promise<void> {
    const statement = 'insert into job_workers (worker_id, process_key) values ($1, $2) on conflict do nothing';
    await runner.query(statement, [workerId, processKey]);
  }

  return {
    register(workerId) {
      workers.add(workerId);
      return insert(database.systemPool, workerId);
    },
    recoverJobs: () => recoverJobs(platform, workers),
    async untilReleased() {
      for (let waitedMs = 0; waitedMs < releasePatienceMs; waitedMs += releasePauseMs) {
        const { rowCount } = await database.systemPool.query(
          'select from graphile_worker._private_jobs where locked_by = any($1) limit 1',
          [[...workers]],
        );
        if (!rowCount) return;
        await sleep(releasePauseMs);
      }
    },
    async leave() {
      leaving.abort();
      const last = connection;
      connection = undefined;
      if (!last) return;
      try {
        await last.query('delete from job_workers where process_key = $1', [processKey]);
      } finally {
        last.release(true);
      }
    },
  };
}

async function recoverJobs({ database, log }: Platform, own: ReadonlySet<string>): Promise<void> {
  const graceEnds = machineTime().subtract({ milliseconds: registrationGraceMs });
  const { rows } = await database.systemPool.query<{ worker_id: string }>(
    'select worker_id from dead_job_workers($1)',
    [graceEnds.toString()],
  );
  const dead = rows.map((row) => row.worker_id).filter((id) => !own.has(id));
  if (dead.length === 0) return;
  await database.systemPool.query('select graphile_worker.force_unlock_workers($1)', [dead]);
  await database.systemPool.query('delete from job_workers where worker_id = any($1)', [dead]);
  log.info({ workers: dead.length }, 'jobs of a process that ended were given back to the queue');
}
