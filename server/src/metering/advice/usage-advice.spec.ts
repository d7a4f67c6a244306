import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { reserveImageScan, settleImageScan } from '../image-scan-quota.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

describe('advice from what was observed', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
    customer = await market.customer(100_000);
  });
  afterAll(() => market.close());

  const advice = (Days = 30) => customer.call('DescribeUsageAdvice', { Days });
  const put = (Cores: number) => operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });

  it('is none before anything was', async () => {
    const none = { Observed: false };
    expect(await advice()).toMatchObject({ Cores: none, Scans: none, Logs: none });
    await customer.buy('professional', { cores: 10 });
    await customer.buy('image-scan', { scansPerMonth: 2_000 });
    await put(60);
    await market.advance(at('2026-03-02T02:00:00'));
    // Only a part of the first day was sampled.
    expect(await advice()).toMatchObject({
      Cores: { Observed: false, AdvisedCores: 0, Saved: '0.00' },
      Scans: { Observed: false, AdvisedPerMonth: 0, Saved: '0.00' },
      Logs: { Observed: false, AdvisedGB: 0, SavedPerMonth: '0.00' },
    });
  });

  it('licenses what always counts, and tells what that would have saved', async () => {
    await market.advance(at('2026-03-09T01:59:59'));
    const week = {
      Observed: true,
      FirstDay: '2026-03-02',
      LastDay: '2026-03-08',
      ObservedHours: 168,
      PeakCores: 60,
      LicensedCores: 10,
      // 10 × 30.00 × 7/31.
      PaidPrepaid: '67.74',
      PaidElastic: '350.00',
      // 60 × 30.00 × 7/31.
      AdvisedCores: 60,
      AdvisedPrepaid: '406.45',
      AdvisedElastic: '0.00',
      Saved: '11.29',
      MinimumMonths: 3,
    };
    expect((await advice())['Cores']).toEqual(week);
    await market.advance(at('2026-03-09T02:00:00'));
    expect((await advice())['Cores']).toEqual(week);
    expect((await advice(1))['Cores']).toMatchObject({
      FirstDay: '2026-03-08',
      ObservedHours: 24,
      PaidElastic: '50.00',
    });
  });

  it('buys the scans that the busiest month has used', async () => {
    const when = at('2026-03-09T02:00:00');
    await market.database.inTenant(customer.tenant, async (tx) => {
      for (let task = 1n; task <= 31n; task += 1n) {
        const scan = { task, imageId: `image-${task}`, imageName: 'image' };
        await reserveImageScan(tx, customer.tenant, when, { ...scan, hasResult: task > 30n });
        await settleImageScan(tx, customer.tenant, when, { ...scan, hadResult: task > 30n });
      }
    });
    await put(0);
    await market.advance(at('2026-04-01T09:29:59'));
    expect(await advice()).toMatchObject({ Scans: { Observed: false } });
    await market.advance(at('2026-04-01T09:30:00'));
    expect((await advice())['Scans']).toEqual({
      Observed: true,
      StartTime: '2026-03-01 09:30:00',
      EndTime: '2026-04-01 09:30:00',
      Months: 1,
      Used: '30.1',
      UsedInBusiestMonth: '30.1',
      BoughtPerMonth: 2_000,
      Paid: '600.00',
      AdvisedPerMonth: 300,
      AdvisedCost: '90.00',
      Saved: '510.00',
    });
  });

  it('keeps half a year of the logs of the hosts that are known', async () => {
    await customer.buy('log-analysis', { capacityGB: 1_000 }, { Period: 1 });
    await market.database.inTenant(customer.tenant, (tx) =>
      sql`insert into counters values (${customer.tenant}, 'assets.hosts', 40)`.execute(tx),
    );
    expect((await advice())['Logs']).toEqual({
      Observed: true,
      Hosts: 40,
      MegabytesPerHostAndDay: 100,
      BoughtGB: 1_000,
      DaysKept: 256,
      RetentionDays: 180,
      AdvisedGB: 710,
      SavedPerMonth: '290.00',
    });
  });

  it.each([0, 367, 1.5, '30'])('refuses %s days', async (Days) => {
    expect(await errorCode(customer.call('DescribeUsageAdvice', { Days }))).toMatch(/^InvalidParameter/);
  });
});
