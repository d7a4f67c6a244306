/** How many scans a month to buy, from what was used in months that are over: pure. Source: product rules, 4. */
import { leastQuantity, type Catalog } from '../../catalog/index.ts';
import { fromMicroYuan, multiply, type Money } from '../../platform/money.ts';

export interface ScanAdvice {
  /** What the busiest month used, in tenths of a scan. */
  readonly busiestTenths: bigint;
  /** The least that is sold and would have sufficed in every month; 0 where nothing was used. */
  readonly scansPerMonth: bigint;
  /** What it would have cost in these months, at the prices of now. */
  readonly cost: Money;
}

/** `usedTenths`: of each whole month. */
export function adviseScans(catalog: Catalog, usedTenths: readonly bigint[]): ScanAdvice {
  const busiestTenths = usedTenths.reduce((most, used) => (used > most ? used : most), 0n);
  // A part of a scan needs a whole one.
  const need = (busiestTenths + 9n) / 10n;
  const scansPerMonth = need === 0n ? 0n : leastQuantity(catalog, 'image-scan', need);
  const price = fromMicroYuan(BigInt(catalog.imageScan.unitPriceMicro));
  return { busiestTenths, scansPerMonth, cost: multiply(price, scansPerMonth * BigInt(usedTenths.length)) };
}
