/** Looks after a run while it works: keeps its progress, and tells it to end when it is no longer wanted. */
import type { Platform } from '../platform/platform.ts';
import { noteProgress, type TaskImageKey } from './task-store.ts';

export interface RunWatch {
  /** Aborts when the image was stopped or begun by another process, when its time is up, and when the service stops. */
  readonly signal: AbortSignal;
  readonly timedOut: boolean;
  /** How far the run has come, 0..100; kept with the next look. */
  progress(percent: number): void;
  end(): Promise<void>;
}

const intervalMs = 1_000;

/** Looks once a second whether the image is still this run's. */
export function watchRun(
  platform: Platform,
  tenant: bigint,
  key: TaskImageKey,
  run: number,
  limits: { stopping: AbortSignal; timeoutSeconds: number | undefined },
): RunWatch {
  const given = new AbortController();
  const timeUp = new AbortController();
  let percent = 0;
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, intervalMs);
  const deadline =
    limits.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => timeUp.abort(new Error('the time-out of the scan is over')), limits.timeoutSeconds * 1_000);
  return {
    signal: AbortSignal.any([limits.stopping, given.signal, timeUp.signal]),
    get timedOut() {
      return timeUp.signal.aborted;
    },
    progress(now) {
      percent = now;
    },
    async end() {
      clearInterval(timer);
      clearTimeout(deadline);
      await looking;
    },
  };

  async function look(): Promise<void> {
    try {
      const mine = await platform.database.inTenant(tenant, (tx) => noteProgress(tx, tenant, key, run, percent));
      if (!mine) given.abort(new Error('the scan was stopped'));
    } catch (error) {
      platform.log.warn(
        { err: error, tenant: String(tenant), task: String(key.task) },
        'a scan could not note its progress',
      );
    }
  }
}
