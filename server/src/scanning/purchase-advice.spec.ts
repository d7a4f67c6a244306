import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, operatorCaller } from '../../../tests/support/call-action.ts';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { createScanTask } from './create-task.ts';
import { beginScan, endScan } from './scan-life.ts';

const start = Temporal.Instant.from('2026-03-01T10:30:00+08:00');

describe('the advice of the purchase page', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket(start.toString());
    customer = await market.customer(10_000);
  });
  afterAll(() => market.close());

  const advice = (request = {}) => customer.call('DescribePurchaseAdvice', request);
  const put = async (Cores: number) => {
    await operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });
    const now = await market.database.inSystem('test', (tx) => market.clock.now(tx));
    await market.advance(now.add({ hours: 1 }));
  };

  it('recommends nothing for cores that nobody has found, and the least that is sold for images', async () => {
    expect(await advice()).toEqual({
      ClusterCores: 0,
      HostCores: 0,
      CountedCores: 0,
      LicensedCores: 0,
      ElasticCores: 0,
      TrialCores: 0,
      UnprotectedCores: 0,
      RecommendedCores: 0,
      ElasticCap: 5_000,
      NeverScannedRegistryImages: 0,
      NeverScannedLocalImages: 0,
      RepeatedImages: 0,
      NeverScannedImages: 0,
      RecommendedScansPerMonth: 300,
    });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['unprotected cores', () => put(130), { UnprotectedCores: 130, ElasticCores: 0, RecommendedCores: 130 }],
    [
      'what only the trial covers',
      () => customer.call('OpenTcssTrial'),
      { TrialCores: 130, UnprotectedCores: 0, RecommendedCores: 130 },
    ],
    [
      'elastic cores',
      async () => {
        await market.advance(start.add({ hours: 8 * 24 }));
        await customer.buy('professional', { cores: 100 });
      },
      { LicensedCores: 100, ElasticCores: 30, UnprotectedCores: 0, RecommendedCores: 30 },
    ],
    [
      'both at once',
      () => put(6_000),
      { LicensedCores: 100, ElasticCores: 5_000, UnprotectedCores: 900, RecommendedCores: 5_900, ElasticCap: 5_900 },
    ],
    ['nothing within the licence', () => put(90), { RecommendedCores: 0, ElasticCap: 5_000 }],
  ])('recommends %s', async (_, first, expected) => {
    await first();
    expect(await advice()).toMatchObject(expected);
  });

  it.each([
    [1, 5_000],
    [5_000, 5_000],
    [5_001, 5_001],
  ])('fills in for %i chosen cores a cap of %i', async (Cores, ElasticCap) => {
    expect(await advice({ Cores })).toMatchObject({ ElasticCap });
  });

  it('counts an image that lies in two places once, and not when it has a result', async () => {
    const scanner = await market.customer(1_000);
    await scanner.call('OpenTcssTrial');
    const { tenant } = scanner;
    const catalogue = await putRegistry(market, tenant);
    const tags = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`tag-${index}`, `image-${index >> 1}`]));
    const ids = await catalogue.put('app/one', tags);
    const unscanned = { NeverScannedRegistryImages: 301, RepeatedImages: 150, NeverScannedImages: 151 };
    expect(await scanner.call('DescribePurchaseAdvice')).toMatchObject({ ...unscanned, RecommendedScansPerMonth: 300 });
    const more = Object.fromEntries(Array.from({ length: 149 }, (_, index) => [`tag-${index}`, `other-${index}`]));
    await catalogue.put('app/two', more);
    const imageId = 'image-0';
    const now = await market.database.inSystem('test', (tx) => market.clock.now(tx));
    const task = await market.database.inTenant(tenant, (tx) =>
      createScanTask(tx, tenant, now, {
        kind: 'plain',
        riskClasses: ['vulnerabilities'],
        timeoutSeconds: undefined,
        places: [{ id: ids['tag-0'] ?? 0n, imageId }],
      }),
    );
    // 300 images without a result ask for more than 300 scans.
    expect(await scanner.call('DescribePurchaseAdvice')).toMatchObject({
      NeverScannedImages: 300,
      RecommendedScansPerMonth: 600,
    });
    await market.database.inTenant(tenant, async (tx) => {
      const begun = await beginScan(tx, tenant, now, { task, imageId });
      await endScan(tx, tenant, now, { task, imageId }, begun?.run ?? 0, {
        result: {
          riskClasses: ['vulnerabilities'],
          reasons: [],
          layers: [],
          history: [],
          matched: { inventory: { packages: [] }, vulnerabilities: [], generation: 1n },
          secrets: [],
          malware: [],
        },
      });
    });
    // Both of its places have one now.
    expect(await scanner.call('DescribePurchaseAdvice')).toMatchObject({
      NeverScannedRegistryImages: 448,
      RepeatedImages: 149,
      NeverScannedImages: 299,
      RecommendedScansPerMonth: 300,
    });
  });

  it.each([0, -1, 1.5, '10', 10 ** 12])('refuses %s cores', async (Cores) => {
    expect(await errorCode(advice({ Cores }))).toMatch(/^InvalidParameter/);
  });
});
