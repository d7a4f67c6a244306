/** How many licensed cores a tenant has too many, and from which grants they are taken. Pure. Source: product rules, 7. */
import type { PaidGrant } from './refund-amount.ts';

/** Cores of the environment from an instant on. */
export interface CoreObservation {
  readonly at: Temporal.Instant;
  readonly cores: bigint;
}

/**
 * Licensed cores that destroyed hosts have left without use: as many as the environment fell below the licence from what
 * it once needed during the subscription. What was never there was not destroyed. `history` is oldest first; undefined
 * when nothing was observed.
 */
export function surplusCores(
  history: readonly CoreObservation[],
  startedAt: Temporal.Instant,
  licensed: bigint,
): bigint | undefined {
  const latest = history.at(-1);
  if (!latest) return undefined;
  const needed = history
    // The last one before the start held at the start.
    .filter((_, index) => {
      const next = history[index + 1];
      return !next || Temporal.Instant.compare(next.at, startedAt) > 0;
    })
    .reduce((most, { cores }) => (cores > most ? cores : most), 0n);
  const once = needed < licensed ? needed : licensed;
  return once > latest.cores ? once - latest.cores : 0n;
}

/**
 * Takes a quantity out of every moment that is still to come, from the newest grants first, so that what was bought last
 * goes back first. In each stretch between two ends one unit stays: all of it is a refund of the instance.
 */
export function takeQuantity(
  grants: readonly PaidGrant[],
  quantity: bigint,
  now: Temporal.Instant,
): { grant: PaidGrant; quantity: bigint }[] {
  const running = grants.filter(({ until }) => Temporal.Instant.compare(until, now) > 0);
  const ends = [...new Set(running.map(({ until }) => until.epochNanoseconds))];
  // What is more of an instance can run through several of these stretches, a renewal begins where one ends.
  const stretches = ends.map((end) => {
    const covering = running.filter((grant) => covers(grant, end));
    const total = covering.reduce((sum, grant) => sum + grant.quantity, 0n);
    return { end, left: quantity < total ? quantity : total - 1n };
  });
  const taken: { grant: PaidGrant; quantity: bigint }[] = [];
  for (const grant of running.toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
    const covered = stretches.filter(({ end }) => covers(grant, end));
    const cut = covered.reduce((least, { left }) => (left < least ? left : least), grant.quantity);
    if (cut > 0n) taken.push({ grant, quantity: cut });
    for (const stretch of covered) stretch.left -= cut;
  }
  return taken;
}

/** Whether a grant runs in the stretch that ends then. */
function covers({ from, until }: PaidGrant, end: bigint): boolean {
  return from.epochNanoseconds < end && until.epochNanoseconds >= end;
}
