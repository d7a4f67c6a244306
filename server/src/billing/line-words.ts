/** How a line of a bill is told: in which units, and how its amount comes about. */
import type { PriceLine } from '../catalog/index.ts';
import { decimal, yuan } from './actions/billing-fields.ts';

export const units = {
  professional: { unit: 'core', time: 'month' },
  'image-scan': { unit: 'scan', time: 'month' },
  'log-analysis': { unit: 'GB', time: 'month' },
  'elastic-cores': { unit: 'core', time: 'day' },
} as const satisfies Record<PriceLine['product'], { unit: string; time: string }>;

/** What is left of the list price, exact. */
export function discountOf({ promotions }: PriceLine): { numerator: bigint; denominator: bigint } {
  return promotions.reduce(
    ({ numerator, denominator }, { percentOff }) => ({
      numerator: numerator * BigInt(100 - percentOff),
      denominator: denominator * 100n,
    }),
    { numerator: 1n, denominator: 1n },
  );
}

/** How the amount comes about, exact: `30.00 × 100 core × 3 month`. */
export function formula(line: PriceLine): string {
  const { unit, time } = units[line.product];
  const { numerator, denominator } = line.share;
  const share = denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
  const off = line.promotions.map(({ percentOff }) => ` × ${100 - percentOff}%`).join('');
  const single = decimal(line.unitPriceMicro, 1_000_000n, 6, 2);
  return `${single} × ${line.quantity} ${unit} × ${share} ${time}${off} = ${yuan(line.cents)}`;
}
