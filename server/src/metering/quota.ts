/**
 * The rules of a quota that is reserved before and settled after: pure functions of the periods that are in force.
 * Source: product rules, 4.
 *
 * A period never holds more than its capacity: reserved + used ≤ capacity, in whole tenths. What a scan takes may come
 * from several periods, first from the one that resets soonest; the parts of a scan add up to its cost.
 */

/** One stretch of an entitlement; at its end what is unused lapses. */
export interface QuotaPeriod {
  id: bigint;
  endsAt: Temporal.Instant;
  capacity: bigint;
  reserved: bigint;
  used: bigint;
}

/** What one scan takes from one period. */
export interface QuotaPart {
  period: bigint;
  tenths: bigint;
}

/** What can still be reserved of a period. */
export function remainingTenths(period: QuotaPeriod): bigint {
  return period.capacity - period.reserved - period.used;
}

/** Soonest reset first; of periods that reset together the older one. */
export function bySoonestReset(one: QuotaPeriod, other: QuotaPeriod): number {
  return Temporal.Instant.compare(one.endsAt, other.endsAt) || (one.id < other.id ? -1 : Number(one.id > other.id));
}

/** The parts that a cost is taken from, or undefined where all periods together do not have it: then nothing is taken. */
export function takeTenths(periods: readonly QuotaPeriod[], cost: bigint): QuotaPart[] | undefined {
  const parts: QuotaPart[] = [];
  let open = cost;
  for (const period of periods.toSorted(bySoonestReset)) {
    const tenths = smaller(open, remainingTenths(period));
    if (tenths <= 0n) continue;
    parts.push({ period: period.id, tenths });
    open -= tenths;
  }
  return open === 0n ? parts : undefined;
}

/**
 * How reserved parts (in the order in which they were taken) are settled at what the scan really cost. That is never more
 * than was reserved; what is too much goes back to the periods that reset last.
 */
export function settleParts(
  reserved: readonly QuotaPart[],
  cost: bigint,
): { used: QuotaPart[]; returned: QuotaPart[] } {
  const used: QuotaPart[] = [];
  const returned: QuotaPart[] = [];
  let open = cost;
  for (const { period, tenths } of reserved) {
    const kept = smaller(open, tenths);
    if (kept > 0n) used.push({ period, tenths: kept });
    if (kept < tenths) returned.push({ period, tenths: tenths - kept });
    open -= kept;
  }
  return { used, returned };
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
