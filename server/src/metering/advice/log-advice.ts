/** How much log storage to buy: pure. Source: product rules, 5. */
import { leastQuantity, type Catalog } from '../../catalog/index.ts';

/** What the law asks for at least. */
export const retentionDays = 180n;
const megabytesPerGigabyte = 1_024n;

export interface LogFacts {
  readonly hosts: bigint;
  /** A setting, until the volume itself was observed. */
  readonly megabytesPerHostAndDay: bigint;
}

/** The least capacity in gigabytes that is sold and keeps so long what these hosts write; 0 without hosts. */
export function adviseLogCapacity(catalog: Catalog, { hosts, megabytesPerHostAndDay }: LogFacts): bigint {
  const megabytes = hosts * megabytesPerHostAndDay * retentionDays;
  if (megabytes === 0n) return 0n;
  return leastQuantity(catalog, 'log-analysis', (megabytes + megabytesPerGigabyte - 1n) / megabytesPerGigabyte);
}

/** For how many whole days a capacity in gigabytes keeps what these hosts write; undefined where they write nothing. */
export function daysKept(capacity: bigint, { hosts, megabytesPerHostAndDay }: LogFacts): bigint | undefined {
  const daily = hosts * megabytesPerHostAndDay;
  return daily === 0n ? undefined : (capacity * megabytesPerGigabyte) / daily;
}
