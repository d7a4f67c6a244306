import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInCatalog } from './built-in.ts';
import { catalogSchema } from './catalog.ts';
import { checkProductCode, readParameterName, readSubProductCode } from './product-codes.ts';
import { checkElasticCap, checkQuantity, defaultElasticCap, leastQuantity, termMonths } from './purchase-rules.ts';
import type { Product } from './product.ts';

function answer(work: () => unknown): string {
  try {
    work();
    return 'OK';
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error);
  }
}

describe('a quantity', () => {
  it.each<[Product, bigint, bigint, boolean]>([
    ['professional', 0n, 0n, false],
    ['professional', -1n, 0n, false],
    ['professional', 1n, 0n, true],
    ['professional', 1_000_000n, 0n, true],
    ['professional', 1_000_001n, 0n, false],
    ['professional', 1n, 1_000_000n, false],
    ['professional', 10n ** 30n, 0n, false],
    ['image-scan', 0n, 0n, false],
    ['image-scan', -300n, 0n, false],
    ['image-scan', 299n, 0n, false],
    ['image-scan', 300n, 0n, true],
    ['image-scan', 301n, 0n, false],
    ['image-scan', 900n, 0n, true],
    ['image-scan', 1_000n, 0n, false],
    // Offered, although no multiples of 300.
    ['image-scan', 2_000n, 0n, true],
    ['image-scan', 5_000n, 0n, true],
    ['image-scan', 10_000n, 0n, true],
    ['image-scan', 4_000n, 0n, false],
    ['log-analysis', 0n, 0n, false],
    ['log-analysis', 5n, 0n, false],
    ['log-analysis', 10n, 0n, true],
    ['log-analysis', 15n, 0n, false],
    ['log-analysis', 1_000n, 0n, true],
    ['log-analysis', 10_000_010n, 0n, false],
  ])('of %s: %i beside %i that are there', (product, quantity, held, sold) => {
    const said = answer(() => checkQuantity(builtInCatalog, product, quantity, held));
    expect(said.startsWith(sold ? 'OK' : 'InvalidParameter.Quantity')).toBe(true);
  });

  it('that is refused is told what is sold', () => {
    expect(answer(() => checkQuantity(builtInCatalog, 'image-scan', 301n))).toBe(
      'InvalidParameter.Quantity: Image scan is sold from 300 scans a month in multiples of 300, or 2000, 5000, 10000; 301 is not',
    );
    expect(answer(() => checkQuantity(builtInCatalog, 'professional', 0n))).toBe(
      'InvalidParameter.Quantity: Professional edition is sold from 1 cores; 0 is not',
    );
    expect(answer(() => checkQuantity(builtInCatalog, 'professional', 1n, 1_000_000n))).toBe(
      'InvalidParameter.Quantity: 1 cores are more than 1000000 together with the 1000000 that are there',
    );
  });
});

describe('a term', () => {
  it.each<['purchase' | 'renew', Product, number, 'm' | 'y', number | string]>([
    ['purchase', 'professional', 2, 'm', 'refused'],
    ['purchase', 'professional', 3, 'm', 3],
    ['purchase', 'professional', 36, 'm', 36],
    ['purchase', 'professional', 37, 'm', 'refused'],
    ['purchase', 'professional', 1, 'y', 12],
    ['purchase', 'professional', 3, 'y', 36],
    ['purchase', 'professional', 4, 'y', 'refused'],
    ['renew', 'professional', 0, 'm', 'refused'],
    ['renew', 'professional', 1, 'm', 1],
    ['purchase', 'image-scan', 1, 'm', 1],
    ['purchase', 'log-analysis', 1, 'm', 1],
    ['purchase', 'log-analysis', 0, 'm', 'refused'],
    ['purchase', 'log-analysis', -1, 'm', 'refused'],
    ['purchase', 'log-analysis', 1.5, 'm', 'refused'],
    ['purchase', 'log-analysis', 0.25, 'y', 3],
    ['purchase', 'log-analysis', Number.NaN, 'm', 'refused'],
    ['purchase', 'log-analysis', 1e300, 'y', 'refused'],
  ])('%s %s for %d%s', (action, product, length, unit, expected) => {
    const work = () => termMonths(builtInCatalog, action, product, { length, unit });
    if (typeof expected === 'number') expect(work()).toBe(expected);
    else expect(answer(work)).toContain('InvalidParameter.Period: the term of a ');
  });
});

describe('the elastic cap', () => {
  it.each([
    [1n, 5_000n],
    [5_000n, 5_000n],
    [5_001n, 5_001n],
  ])('for %i cores is %i unless chosen', (cores, cap) => {
    expect(defaultElasticCap(builtInCatalog, cores)).toBe(cap);
  });

  it.each([
    [-1n, false],
    [0n, false],
    [4_999n, false],
    [5_000n, true],
    [1_000_000n, true],
    [1_000_001n, false],
  ])('of %i cores is allowed: %s', (cap, allowed) => {
    expect(answer(() => checkElasticCap(builtInCatalog, cap)) === 'OK').toBe(allowed);
  });
});

describe('codes of the wire', () => {
  it.each([
    ['p_tcss', true],
    ['p_yunjing', true],
    ['P_TCSS', false],
    ['', false],
    ['constructor', false],
  ])('ProductCode %j is known: %s', (code, known) => {
    expect(answer(() => checkProductCode(builtInCatalog, code)) === 'OK').toBe(known);
  });

  it.each([
    ['sp_tcss_professional', 'professional'],
    ['sp_tcss_image_scan', 'image-scan'],
    ['sp_tcss_log_analysis', 'log-analysis'],
    ['sp_yunjing_vas', 'log-analysis'],
  ])('SubProductCode %s is %s', (code, product) => {
    expect(readSubProductCode(builtInCatalog, code)).toBe(product);
  });

  it.each([['sp_other'], ['professional'], ['__proto__'], ['toString']])('SubProductCode %s is refused', (code) => {
    expect(answer(() => readSubProductCode(builtInCatalog, code))).toContain('InvalidParameter.SubProductCode');
  });

  it.each([
    ['sv_yunjing_css_pem', 'cores'],
    ['sv_yunjing_cssil_image', 'scansPerMonth'],
    ['sv_yunjing_vas_la', 'capacityGB'],
    ['scope', 'scope'],
    ['__proto__', '__proto__'],
  ])('the parameter %s is %s', (name, ours) => {
    expect(readParameterName(builtInCatalog, name)).toBe(ours);
  });
});

describe('the built-in catalogue', () => {
  const { version, ...document } = builtInCatalog;

  it('is version 0, holds to its own schema, and has no promotion', () => {
    expect(version).toBe(0n);
    expect(catalogSchema.parse(document)).toEqual(document);
    expect(document.promotions).toEqual([]);
  });

  it.each([
    ['a price with a fraction', { elasticCores: { ...document.elasticCores, unitPriceMicro: 0.5 } }],
    ['a negative price', { elasticCores: { ...document.elasticCores, unitPriceMicro: -1 } }],
    ['a time zone that is none', { marketTimeZone: 'Asia/Atlantis' }],
    ['destruction before the end of isolation', { life: { ...document.life, destructionHours: 119 } }],
    [
      'a term that is empty',
      { professional: { ...document.professional, purchaseTerm: { minimumMonths: 4, maximumMonths: 3 } } },
    ],
    ['a part missing', { trial: undefined }],
    ['a part too many', { gift: {} }],
  ])('would be refused with %s', (_name, changes) => {
    expect(catalogSchema.safeParse({ ...document, ...changes }).success).toBe(false);
  });
});

describe('the least quantity that suffices', () => {
  it.each<[Product, bigint, bigint]>([
    ['professional', 1n, 1n],
    ['professional', 173n, 173n],
    ['professional', 2_000_000n, 1_000_000n],
    ['image-scan', 1n, 300n],
    ['image-scan', 301n, 600n],
    ['image-scan', 1_900n, 2_000n],
    ['image-scan', 2_001n, 2_100n],
    ['image-scan', 9_901n, 10_000n],
    ['log-analysis', 11n, 20n],
  ])('of %s for %i is %i', (product, need, quantity) => {
    expect(leastQuantity(builtInCatalog, product, need)).toBe(quantity);
  });

  it('is sold, and nothing less that is sold suffices', () => {
    const steps = fc.record({
      step: fc.integer({ min: 1, max: 12 }),
      minimumQuantity: fc.integer({ min: 1, max: 30 }),
      maximumQuantity: fc.integer({ min: 60, max: 90 }),
      packs: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(steps, fc.bigInt({ min: 1n, max: 120n }), (rule, need) => {
        const catalog = { ...builtInCatalog, imageScan: { ...builtInCatalog.imageScan, ...rule } };
        const isSold = (quantity: bigint) => answer(() => checkQuantity(catalog, 'image-scan', quantity)) === 'OK';
        const least = leastQuantity(catalog, 'image-scan', need);
        expect(isSold(least)).toBe(true);
        for (let quantity = 1n; quantity <= 90n; quantity += 1n) {
          if (!isSold(quantity)) continue;
          if (quantity >= need) expect(least).toBeLessThanOrEqual(quantity);
          else if (least < need) expect(quantity).toBeLessThanOrEqual(least);
        }
      }),
    );
  });
});
