/** The bounds within which the service charges of its own accord. Pure. Source: issue 4, 10. */
import type { Catalog } from '../../catalog/index.ts';
import { decimal, yuan } from '../actions/billing-fields.ts';

export type GuardRails = Catalog['guardRails'];

/** A charge that nobody has just asked for. */
export interface DueCharge {
  /** What it is for, for people: `elastic cores of 2026-03-01`. */
  readonly what: string;
  readonly cents: bigint;
  /** What else was charged of the service's own accord on the market day on which this one falls due. */
  readonly sameDayCents: bigint;
  readonly unitPriceMicro: bigint;
  /** The unit price that the tenant paid for the same the last time; undefined before the first. */
  readonly lastUnitPriceMicro: bigint | undefined;
}

/** Why a charge is not made before a person has looked at it; undefined for one that is within the bounds. */
export function beyondBounds(charge: DueCharge, rails: GuardRails): string | undefined {
  const { what, cents, sameDayCents, unitPriceMicro: price, lastUnitPriceMicro: last } = charge;
  const sum = sameDayCents + cents;
  if (sum > BigInt(rails.mostYuanADay) * 100n) {
    return `with ${what} the charges of a day would be ${yuan(sum)} yuan, more than ${rails.mostYuanADay}`;
  }
  const factor = BigInt(rails.mostPriceFactor);
  if (last !== undefined && (price > last * factor || last > price * factor)) {
    const [before, after] = [last, price].map((micro) => decimal(micro, 1_000_000n, 6, 2));
    return `${what}: the unit price would go from ${before} to ${after} yuan, by more than a factor of ${factor}`;
  }
  return undefined;
}
