/**
 * Machine time: for signature skew, rate limits, leases, time-outs, back-off and log lines. Business rules take the
 * `Clock` instead, which a test can move; nothing but these two reads time.
 */

/** The machine's wall clock now. */
export function machineTime(): Temporal.Instant {
  return Temporal.Now.instant();
}

/** Milliseconds that only ever grow; for measuring how long something takes. */
export function monotonicMs(): number {
  return performance.now();
}
