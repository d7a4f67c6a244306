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
  const taken: { grant: PaidGrant; quantity: bigint }[] = [];
  // Grants of one product end together, and a renewal begins where they end.
  for (const term of Map.groupBy(running, ({ until }) => until.epochNanoseconds).values()) {
    const total = term.reduce((sum, grant) => sum + grant.quantity, 0n);
    let left = quantity < total ? quantity : total - 1n;
    for (const grant of term.toSorted((a, b) => (a.rowId < b.rowId ? 1 : -1))) {
      const cut = left < grant.quantity ? left : grant.quantity;
      if (cut > 0n) taken.push({ grant, quantity: cut });
      left -= cut;
    }
  }
  return taken;
}
