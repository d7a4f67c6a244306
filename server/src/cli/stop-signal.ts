/** How the long-running commands hear that they shall end, and end in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../platform/machine-time.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;
/** One key press reaches us several times: from the terminal, from npm and from the starter. */
const samePressMs = 1_000;
/** Orchestrators kill after 30 s. */
const stopPatienceMs = 28_000;

/** Waits for the first signal to stop. One that is given later than the same key press could ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const heard = (signal: NodeJS.Signals) => {
      first ??= monotonicMs();
      resolve();
      if (monotonicMs() - first < samePressMs) return;
      for (const each of signals) process.removeListener(each, heard);
      process.kill(process.pid, signal);
    };
    for (const each of signals) process.on(each, heard);
  });
}

/** Waits for an orderly stop. What does not end in time is cut off, with status 2: the next start takes it up. */
export async function stopInTime(stop: () => Promise<void>): Promise<void> {
  const patience = new AbortController();
  const late = sleep(stopPatienceMs, true, { signal: patience.signal }).catch(() => false);
  if (await Promise.race([stop(), late])) {
    process.stderr.write('wharfinger: something did not end in time and was cut off; the next start takes it up\n');
    process.exit(2);
  }
  patience.abort();
}
