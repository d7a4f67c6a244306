/** Fires due timers as the clock goes: once a second in real time; under a test clock `advanceTestClock` does it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemTransaction } from '../database/index.ts';
import type { Platform } from '../platform.ts';
import { ActionError } from '../errors.ts';
import { holdTestClock, requireForwards, setTestClock } from '../clock/index.ts';
import { monotonicMs } from '../machine-time.ts';
import { errorLine } from '../error-line.ts';
import { runBatch, waitingBatches, type WaitingBatch } from './batches.ts';
import { fireBatch, fireTimers, nextDue, retryFiredJobs, unfinishedJobs, type FiredJob } from './timers.ts';

const intervalMs = 1_000;
/** The longest that one instant's jobs may take before the move of the clock is given up where it stands. */
const patienceMs = 10 * 60_000;

/** Starts the loops of timers and of batches; the returned function ends them after the rounds that are under way. */
export function startTimerLoop(platform: Platform): () => Promise<void> {
  const stopping = new AbortController();
  // Apart, so that a long batch does not keep timers waiting.
  const ended = [fireDueTimers, runDueBatches].map((round) => repeat(platform, round, stopping.signal));
  return async () => {
    stopping.abort();
    await Promise.all(ended);
  };
}

/** Does one round after the other, at once while there is more to do. */
async function repeat(
  platform: Platform,
  round: (platform: Platform) => Promise<'more' | 'done'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await round(platform)) === 'more') continue;
    } catch (error) {
      platform.log.error({ err: error }, 'what is due failed; it is tried again');
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

async function fireDueTimers({ database, clock }: Platform): Promise<'more' | 'done'> {
  const fired = await database.inSystem('fire timers', async (tx) => fireTimers(tx, await clock.now(tx)));
  return fired.length === fireBatch ? 'more' : 'done';
}

/** Each by itself: one that fails is tried again with the next round, and keeps no other from running. */
async function runDueBatches(platform: Platform): Promise<'more' | 'done'> {
  const { database, clock, log } = platform;
  const due = await database.inSystem('look for batches', async (tx) => {
    const now = await clock.now(tx);
    return (await waitingBatches(tx, now)).filter(({ dueAt }) => Temporal.Instant.compare(dueAt, now) <= 0);
  });
  let ran = false;
  for (const { batch } of due) {
    try {
      ran = (await runBatch(platform, batch)) || ran;
    } catch (error) {
      log.error({ err: error, batch: batch.name }, 'a batch failed; it is tried again');
    }
  }
  return ran ? 'more' : 'done';
}

/**
 * Moves the test clock to what `target` makes of the instant where it stands, stopping at each due instant in order and
 * letting what fired there end first; what failed in an earlier move is tried again before anything else. At one instant
 * timers come first, then batches.
 * Throws `FailedOperation.JobFailed` where a job fails: the clock then stands at that instant.
 */
export async function advanceTestClock(
  platform: Platform,
  target: (now: Temporal.Instant) => Temporal.Instant,
): Promise<{ now: Temporal.Instant; fired: number }> {
  const { database } = platform;
  return database.inSystem('advance the clock', async (lock) => {
    await holdTestClock(lock);
    const from = await platform.clock.now(lock);
    const to = target(from);
    requireForwards(from, to);
    await untilEnded(platform, await retryFiredJobs(database));
    let fired = 0;
    for (;;) {
      const next = await database.inSystem('move the clock', (tx) => fireNext(platform, tx, to));
      if (!next) break;
      if ('batch' in next) {
        await runInTurn(platform, next);
      } else {
        await untilEnded(platform, next.jobs);
        fired += next.jobs.length;
      }
    }
    await database.inSystem('move the clock', (tx) => setTestClock(tx, to));
    return { now: to, fired };
  });
}

/** Moves the clock to the next due instant up to `to`, and fires the timers that are due there, or tells the batch. */
async function fireNext(
  { clock }: Platform,
  tx: SystemTransaction,
  to: Temporal.Instant,
): Promise<{ jobs: FiredJob[] } | WaitingBatch | undefined> {
  const now = await clock.now(tx);
  const timer = await nextDue(tx);
  const [batch] = await waitingBatches(tx, now);
  const batchIsFirst = batch && (!timer || Temporal.Instant.compare(batch.dueAt, timer) < 0);
  const due = batchIsFirst ? batch.dueAt : timer;
  if (!due || Temporal.Instant.compare(due, to) > 0) return undefined;
  if (Temporal.Instant.compare(due, now) > 0) await setTestClock(tx, due);
  return batchIsFirst ? batch : { jobs: await fireTimers(tx, due) };
}

async function runInTurn(platform: Platform, { batch }: WaitingBatch): Promise<void> {
  try {
    await runBatch(platform, batch);
  } catch (error) {
    throw new ActionError(
      'FailedOperation.JobFailed',
      `${batch.name} failed: ${errorLine(error)}; the clock waits there`,
    );
  }
}

async function untilEnded(platform: Platform, jobs: readonly FiredJob[]): Promise<void> {
  const deadline = monotonicMs() + patienceMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const unfinished = await unfinishedJobs(platform.database, jobs);
    if (unfinished.length === 0) return;
    const failed = unfinished.find((job) => job.failure !== undefined);
    if (failed) {
      throw new ActionError(
        'FailedOperation.JobFailed',
        `${failed.jobKey} failed: ${failed.failure}; the clock waits there`,
      );
    }
    if (monotonicMs() > deadline) {
      throw new ActionError('FailedOperation.JobFailed', `${unfinished[0]?.jobKey} did not end; the clock waits there`);
    }
    await sleep(pauseMs);
  }
}
