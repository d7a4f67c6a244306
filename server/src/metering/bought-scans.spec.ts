import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Market } from '../../../tests/support/commercial-tenant.ts';
import { readImageScanQuota, reserveImageScan, settleImageScan } from './image-scan-quota.ts';
import { formatTenths } from './scan-cost.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

describe('bought image scans', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2024-03-15T14:00:00+08:00');
  });
  afterAll(() => market.close());

  let tasks = 0n;
  const now = () => market.database.inSystem('test', (tx) => market.clock.now(tx));
  const scan = async (tenant: bigint, imageId: string, hasResult = false) => {
    const task = ++tasks;
    const when = await now();
    return market.database.inTenant(tenant, async (tx) => {
      const answer = await reserveImageScan(tx, tenant, when, { task, imageId, imageName: imageId, hasResult });
      if (answer === 'reserved') await settleImageScan(tx, tenant, when, { task, imageId, hadResult: hasResult });
      return answer;
    });
  };
  const figures = async (tenant: bigint) => {
    const when = await now();
    const quota = await market.database.inTenant(tenant, (tx) => readImageScanQuota(tx, tenant, when));
    return quota && [quota.used, quota.remaining].map(formatTenths);
  };
  const bySource = async (tenant: bigint) => {
    const when = await now();
    const quota = await market.database.inTenant(tenant, (tx) => readImageScanQuota(tx, tenant, when));
    return quota?.periods.map(({ used, capacity }) => [formatTenths(used), formatTenths(capacity)].join(' of '));
  };

  it('reset at their own anniversary, when what is unused lapses', async () => {
    const customer = await market.customer(10_000);
    await customer.buy('professional', { cores: 1 });
    await customer.buy('image-scan', { scansPerMonth: 300 });
    for (let times = 0; times < 100; times += 1) await scan(customer.tenant, 'A', times > 0);
    expect(await figures(customer.tenant)).toEqual(['10.9', '289.1']);
    await market.advance(at('2024-04-15T13:59:59'));
    expect(await figures(customer.tenant)).toEqual(['10.9', '289.1']);
    await market.advance(at('2024-04-15T14:00:00'));
    expect(await figures(customer.tenant)).toEqual(['0', '300']);
    expect(await customer.call('DescribeImageScanUsage')).toMatchObject({
      PeriodStart: '2024-04-15 14:00:00',
      PeriodEnd: '2024-05-15 14:00:00',
    });
  });

  it('are taken from the pack that resets soonest, the trial’s gift among them', async () => {
    const customer = await market.customer(10_000);
    await customer.call('OpenTcssTrial');
    await customer.buy('professional', { cores: 1 });
    await market.advance(at('2024-04-17T14:00:00'));
    const instanceId = await customer.buy('image-scan', { scansPerMonth: 300 });
    await market.advance(at('2024-04-18T14:00:00'));
    await customer.buy('image-scan', { scansPerMonth: 600, instanceId });
    await scan(customer.tenant, 'A');
    expect(await bySource(customer.tenant)).toEqual(['1 of 500', '0 of 300', '0 of 600']);
    // The gift is over; the first pack resets on the 17th, the second on the 18th.
    await market.advance(at('2024-04-22T14:00:00'));
    await scan(customer.tenant, 'B');
    expect(await bySource(customer.tenant)).toEqual(['1 of 300', '0 of 600']);
    await market.advance(at('2024-05-17T14:00:00'));
    await scan(customer.tenant, 'C');
    expect(await bySource(customer.tenant)).toEqual(['1 of 600', '0 of 300']);
    expect(await customer.call('DescribeImageAuthorizedInfo')).toMatchObject({
      TotalAuthorizedCnt: 900,
      UsedAuthorizedCnt: 1,
      TrialAuthorizedCnt: 0,
      PurchasedAuthorizedCnt: 900,
      UsedPurchasedAuthorizedCnt: 1,
    });
  });

  it('stop at the end, whatever is left, and go on with the same anniversary when both were renewed', async () => {
    const customer = await market.customer(10_000);
    const professional = await customer.buy('professional', { cores: 1 });
    await market.advance(at('2024-05-25T09:00:00'));
    const pack = await customer.buy('image-scan', { scansPerMonth: 300 });
    await market.advance(at('2024-08-17T13:59:59'));
    expect(await scan(customer.tenant, 'A')).toBe('reserved');
    await market.advance(at('2024-08-17T14:00:00'));
    expect(await scan(customer.tenant, 'B')).toBe('not-entitled');
    const renew = (SubProductCode: string, InstanceId: string) =>
      customer.call('RenewInstance', {
        ClientToken: InstanceId,
        ProductCode: 'p_tcss',
        SubProductCode,
        RegionCode: 'r',
        InstanceId,
      });
    await renew('sp_tcss_professional', professional);
    expect(await scan(customer.tenant, 'B')).toBe('not-entitled');
    await renew('sp_tcss_image_scan', pack);
    expect(await scan(customer.tenant, 'B')).toBe('reserved');
    // Eight days are left of the month that began on 25 July.
    expect(await customer.call('DescribeImageScanUsage')).toMatchObject({ PeriodEnd: '2024-08-25 09:00:00' });
    await market.advance(at('2024-08-25T09:00:00'));
    expect(await customer.call('DescribeImageScanUsage')).toMatchObject({
      PeriodStart: '2024-08-25 09:00:00',
      PeriodEnd: '2024-09-17 14:00:00',
    });
  });
});
