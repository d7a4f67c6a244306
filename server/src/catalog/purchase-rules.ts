/** Which quantities and terms can be bought. Source: product rules, 3 to 6. */
import { ActionError } from '../platform/errors.ts';
import { productRule, type Catalog } from './catalog.ts';
import { productNames, type Product } from './product.ts';

/**
 * Throws `InvalidParameter.Quantity` for cores, scans a month or gigabytes that are not sold; `held` are those that are
 * there already and stay.
 */
export function checkQuantity(catalog: Catalog, product: Product, quantity: bigint, held = 0n): void {
  const { minimum, maximum, step, packs, unit } = quantityRule(catalog, product);
  if (quantity < minimum || (quantity % step !== 0n && !packs.includes(quantity))) {
    const also = packs.filter((pack) => pack % step !== 0n);
    const multiples = step === 1n ? '' : ` in multiples of ${step}${also.length > 0 ? `, or ${also.join(', ')}` : ''}`;
    throw new ActionError(
      'InvalidParameter.Quantity',
      `${productNames[product]} is sold from ${minimum} ${unit}${multiples}; ${quantity} is not`,
    );
  }
  if (held + quantity > maximum) {
    const more = held > 0n ? ` together with the ${held} that are there` : '';
    throw new ActionError('InvalidParameter.Quantity', `${quantity} ${unit} are more than ${maximum}${more}`);
  }
}

/**
 * The least quantity that is sold and suffices for a need above zero, in one purchase; the most that is sold where the
 * need is beyond that. Agrees with {@link checkQuantity}.
 */
export function leastQuantity(catalog: Catalog, product: Product, need: bigint): bigint {
  const { minimum, maximum, step, packs } = quantityRule(catalog, product);
  const steps = (quantity: bigint) => ((quantity + step - 1n) / step) * step;
  const most = (maximum / step) * step;
  const sold = [steps(need > minimum ? need : minimum), most, ...packs].filter(
    (quantity) => quantity >= minimum && quantity <= maximum,
  );
  const enough = sold.filter((quantity) => quantity >= need);
  if (enough.length === 0) return sold.reduce((best, quantity) => (quantity > best ? quantity : best), minimum);
  return enough.reduce((best, quantity) => (quantity < best ? quantity : best));
}

/** Months of a `Period` with its `PeriodUnit`. Throws `InvalidParameter.Period` when that is no term of this product. */
export function termMonths(
  catalog: Catalog,
  action: 'purchase' | 'renew',
  product: Product,
  period: { length: number; unit: 'm' | 'y' },
): number {
  const rule = productRule(catalog, product);
  const { minimumMonths, maximumMonths } = action === 'purchase' ? rule.purchaseTerm : rule.renewalTerm;
  const months = period.unit === 'y' ? period.length * 12 : period.length;
  if (Number.isSafeInteger(months) && months >= minimumMonths && months <= maximumMonths) return months;
  throw new ActionError(
    'InvalidParameter.Period',
    `the term of a ${action === 'purchase' ? 'purchase' : 'renewal'} of ${productNames[product]} is ${minimumMonths} to ${maximumMonths} months`,
  );
}

/** The cap of elastic cores where none was chosen. Source: product rules, 3.1. */
export function defaultElasticCap(catalog: Catalog, cores: bigint): bigint {
  const minimum = BigInt(catalog.elasticCores.minimumCap);
  return cores > minimum ? cores : minimum;
}

/** Throws `InvalidParameter.ElasticCap` below the least cap, or above what can be licensed. Source: product rules, 3.2. */
export function checkElasticCap(catalog: Catalog, cap: bigint): void {
  const [minimum, maximum] = [BigInt(catalog.elasticCores.minimumCap), BigInt(catalog.professional.maximumQuantity)];
  if (cap >= minimum && cap <= maximum) return;
  throw new ActionError('InvalidParameter.ElasticCap', `the elastic cap is ${minimum} to ${maximum} cores a day`);
}

interface QuantityRule {
  minimum: bigint;
  maximum: bigint;
  step: bigint;
  packs: bigint[];
  unit: string;
}

function quantityRule(catalog: Catalog, product: Product): QuantityRule {
  const { minimumQuantity, maximumQuantity } = productRule(catalog, product);
  const kinds = {
    professional: { unit: 'cores', step: 1, packs: [] },
    'image-scan': { unit: 'scans a month', step: catalog.imageScan.step, packs: catalog.imageScan.packs },
    'log-analysis': { unit: 'GB', step: catalog.logAnalysis.step, packs: [] },
  } satisfies Record<Product, { unit: string; step: number; packs: number[] }>;
  const { unit, step, packs } = kinds[product];
  return {
    minimum: BigInt(minimumQuantity),
    maximum: BigInt(maximumQuantity),
    step: BigInt(step),
    packs: packs.map(BigInt),
    unit,
  };
}
