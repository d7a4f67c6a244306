/** Fires due timers as the clock goes: once a second in real time; under a test clock `advanceTestClock` does it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemTransaction } from '../database/index.ts';
import type { Platform } from '../platform.ts';
import { ActionError } from '../errors.ts';
import { holdTestClock, requireForwards, setTestClock } from '../clock/index.ts';
import { monotonicMs } from '../machine-time.ts';
import { fireBatch, fireTimers, nextDue, retryFiredJobs, unfinishedJobs, type FiredJob } from './timers.ts';

const intervalMs = 1_000;
/** The longest that one instant's jobs may take before the move of the clock is given up where it stands. */
const patienceMs = 10 * 60_000;

/** Starts the loop; the returned function ends it after the round that is under way. */
export function startTimerLoop(platform: Platform): () => Promise<void> {
  const stopping = new AbortController();
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const fired = await platform.database.inSystem('fire timers', async (tx) =>
          fireTimers(tx, await platform.clock.now(tx)),
        );
        if (fired.length === fireBatch) continue; // there may be more
      } catch (error) {
        platform.log.error({ err: error }, 'firing timers failed; it is tried again');
      }
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return () => {
    stopping.abort();
    return ended;
  };
}

/**
 * Moves the test clock to what `target` makes of the instant where it stands, stopping at each due instant in order and
 * letting what fired there end first; what failed in an earlier move is tried again before anything else.
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
      const jobs = await database.inSystem('move the clock', (tx) => fireNext(platform, tx, to));
      if (!jobs) break;
      await untilEnded(platform, jobs);
      fired += jobs.length;
    }
    await database.inSystem('move the clock', (tx) => setTestClock(tx, to));
    return { now: to, fired };
  });
}

/** Moves the clock to the next due instant up to `to`, and fires what is due there. */
async function fireNext(
  { clock }: Platform,
  tx: SystemTransaction,
  to: Temporal.Instant,
): Promise<FiredJob[] | undefined> {
  const due = await nextDue(tx);
  if (!due || Temporal.Instant.compare(due, to) > 0) return undefined;
  if (Temporal.Instant.compare(due, await clock.now(tx)) > 0) await setTestClock(tx, due);
  return fireTimers(tx, due);
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
