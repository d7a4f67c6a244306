import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBuyer, type Buyer } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

/** All are sold here, at the end of a month, for three months; this is their end, by the day of the purchase. */
const start = '2026-01-31T14:00:00+08:00';
const end = Temporal.Instant.from('2026-04-30T14:00:00+08:00');
const fiveDays = end.add({ hours: 5 * 24 });
const sixDays = end.add({ hours: 6 * 24 });

const around = (instant: Temporal.Instant) => [-1, 0, 1].map((seconds) => instant.add({ seconds }));

describe('a customer buys through the official billing SDK', () => {
  let service: RunningService;
  let buyer: Buyer;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: start });
    buyer = await newBuyer(service, '20000.00');
  });
  afterAll(() => service.remove());
  const advance = (to: string) => service.command('clock', 'advance', '--to', to);
  let professional = '';
  let scan = '';

  it('the professional edition, charged at once for its whole term', async () => {
    professional = await buyer.buy('professional', { cores: 100 }, { months: 3 });
    expect(await buyer.balance()).toBe(11_000);
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({
      State: 3,
      SubState: 'NORMAL',
      AuthorizedCoresCnt: 100,
      ExpirationTime: '2026-04-30 14:00:00',
    });
    expect(await buyer.tcss.DescribeProVersionInfo(null)).toMatchObject({
      BuyStatus: 'Normal',
      ResourceId: professional,
      StartTime: '2026-01-31 14:00:00',
      EndTime: '2026-04-30 14:00:00',
      MaxPostPayCoresCnt: 5000,
    });
  });

  it('more cores in the middle of the term, for their share of it', async () => {
    advance('2026-03-15T14:00:00+08:00');
    expect(await buyer.buy('professional', { cores: 10, instanceId: professional })).toBe(professional);
    // 16 of 31 days to the next anniversary, and one month: 10 × 30.00 × 47/31.
    expect(await buyer.balance()).toBe(10_545.16);
    expect((await buyer.tcss.DescribePurchaseStateInfo(null)).AuthorizedCoresCnt).toBe(110);
    expect(await buyer.ends()).toEqual({ professional: 'NORMAL 2026-04-30 14:00:00' });
  });

  it('a pack of image scans, which resets by its own anniversary', async () => {
    scan = await buyer.buy('scan', { scansPerMonth: 300 });
    expect(await buyer.balance()).toBe(10_410.16);
    expect(await buyer.tcss.DescribeImageAuthorizedInfo(null)).toMatchObject({
      TotalAuthorizedCnt: 300,
      TrialAuthorizedCnt: 0,
      PurchasedAuthorizedCnt: 300,
      ImageScanInquireInfo: {
        Capcity: 300,
        PayNum: 300,
        PurchaseStatus: 'Normal',
        ResourceID: scan,
        StartTime: '2026-03-15 14:00:00',
        EndTime: '2026-04-15 14:00:00',
      },
    });
    expect(await buyer.ends()).toMatchObject({ scan: 'NORMAL 2026-04-30 14:00:00' });
  });

  it('log analysis with a term of its own', async () => {
    const logs = await buyer.buy('logs', { capacityGB: 100 }, { months: 12 });
    expect(await buyer.balance()).toBe(9_210.16);
    expect(await buyer.tcss.DescribeSecLogVasInfo(null)).toMatchObject({
      BuyStatus: 'Normal',
      LogCapacity: 100,
      ResourceID: logs,
      EndTime: '2027-03-15 14:00:00',
      ResourceDetailList: [{ SourceType: 0, InquireNum: 100 }],
    });
  });

  it('and sees the orders, each delivered', async () => {
    const { Deals, TotalCount } = await buyer.billing.DescribeDealsByCond({
      StartTime: '2026-01-01 00:00:00',
      EndTime: '2026-12-31 00:00:00',
      Limit: 10,
    });
    expect(TotalCount).toBe(4);
    expect(Deals?.map(({ Action, Status, RealTotalCost }) => [Action, Status, RealTotalCost])).toEqual([
      ['purchase', 4, 120_000],
      ['purchase', 4, 13_500],
      ['purchase', 4, 45_484],
      ['purchase', 4, 900_000],
    ]);
  });

  it('logs live on after the professional edition, which takes image scan with it', async () => {
    advance(sixDays.toString());
    expect(await buyer.ends()).toEqual({ logs: 'NORMAL 2027-03-15 14:00:00' });
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'DESTROED' });
    expect(await buyer.tcss.DescribeSecLogVasInfo(null)).toMatchObject({ BuyStatus: 'Normal', LogCapacity: 100 });
    expect(await codeOf(buyer.tcss.SyncAssetImageRegistryAsset({ All: true }))).toBe('FailedOperation.EditionEnded');
    // A new one is a new purchase: of three months at least.
    expect(await codeOf(buyer.buy('professional', { cores: 1 }, { months: 1 }))).toBe('InvalidParameter.Period');
    expect(await codeOf(buyer.buy('professional', { cores: 1 }, { months: 3 }))).toBe('OK');
  });
});

describe('an instance as Terraform keeps it', () => {
  let service: RunningService;
  let buyer: Buyer;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: start });
    buyer = await newBuyer(service, '20000.00');
  });
  afterAll(() => service.remove());

  const wanted = {
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_professional',
    RegionCode: 'ap-guangzhou',
    RenewFlag: 'NOTIFY_AND_AUTO_RENEW',
  };
  const dealStatus = async (OrderId: string) => {
    const { Deals } = await buyer.billing.DescribeDealsByCond({
      StartTime: '2026-01-30 00:00:00',
      EndTime: '2026-02-02 00:00:00',
      OrderId,
      StatusSet: [4, 6],
      Offset: 0,
      Limit: 1,
    });
    return Deals?.[0]?.Status;
  };

  it('is created, reads back without a difference, and is renewed', async () => {
    const request = {
      ...wanted,
      ClientToken: '3e0b4a3c-0e0f-4a63-9a43-3fb3a3c63a2e',
      ZoneCode: 'ap-guangzhou-1',
      PayMode: 'PrePay',
      Parameter: JSON.stringify({ cores: 50, scope: 'all', autoProtectNew: true, elasticCap: 5000 }),
      Quantity: 1,
      Period: 1,
      PeriodUnit: 'y',
    };
    const created = await buyer.billing.CreateInstance(request);
    // It repeats the call until there is an id: nothing is bought twice.
    expect(await buyer.billing.CreateInstance(request)).toMatchObject({
      OrderId: created.OrderId,
      InstanceIdList: created.InstanceIdList,
    });
    expect(await buyer.balance()).toBe(2_000);
    expect(await dealStatus(created.OrderId ?? '')).toBe(4);

    const [InstanceId = ''] = created.InstanceIdList ?? [];
    const read = () => buyer.billing.DescribeRenewInstances({ MaxResults: 1, InstanceIdList: [InstanceId] });
    expect((await read()).InstanceList).toMatchObject([{ ...wanted, InstanceId, RenewPeriodUnit: 'y' }]);

    const renewed = await buyer.billing.RenewInstance({
      ClientToken: '9c2c7dcb-0f7c-47b8-a07c-5c7b2b9f4a11',
      ProductCode: wanted.ProductCode,
      SubProductCode: wanted.SubProductCode,
      RegionCode: wanted.RegionCode,
      InstanceId,
      Period: 1,
      PeriodUnit: 'm',
    });
    expect(await dealStatus(renewed.OrderIdList?.[0] ?? '')).toBe(4);
    expect((await read()).InstanceList).toMatchObject([{ ...wanted, InstanceId, ExpireTime: '2027-02-28 14:00:00' }]);
    expect(
      (await buyer.billing.DescribeRenewInstances({ MaxResults: 1, InstanceIdList: ['gone'] })).InstanceList,
    ).toEqual([]);
  });
});

describe('a renewal by hand', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: start });
  });
  afterAll(() => service.remove());

  it('is possible until the second before the fifth day ends, and counts from the old end', async () => {
    const instants = [end, fiveDays, sixDays].flatMap(around);
    const buyers = await Promise.all(
      instants.map(async (at) => {
        const buyer = await newBuyer(service, '1000.00');
        const professional = await buyer.buy('professional', { cores: 1 }, { months: 3 });
        const scan = await buyer.buy('scan', { scansPerMonth: 300 });
        const logs = await buyer.buy('logs', { capacityGB: 10 }, { months: 3 });
        return { at, buyer, professional, scan, logs };
      }),
    );
    for (const { at, buyer, professional, scan, logs } of buyers) {
      service.command('clock', 'advance', '--to', at.toString());
      const renewable = Temporal.Instant.compare(at, fiveDays) < 0;
      const gone = Temporal.Instant.compare(at, sixDays) >= 0;
      const code = renewable ? 'OK' : gone ? 'InvalidParameterValue.DataNotFound' : 'FailedOperation.NotRenewable';
      expect([at.toString(), await codeOf(buyer.renew('professional', professional))]).toEqual([at.toString(), code]);
      expect(await codeOf(buyer.renew('scan', scan))).toBe(code);
      expect(await codeOf(buyer.renew('logs', logs, 2))).toBe(code);
      expect(await buyer.ends()).toEqual(
        renewable
          ? {
              professional: 'NORMAL 2026-05-31 14:00:00',
              scan: 'NORMAL 2026-05-31 14:00:00',
              logs: 'NORMAL 2026-06-30 14:00:00',
            }
          : {},
      );
    }
  }, 120_000);
});

describe('an automatic renewal', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: start });
  });
  afterAll(() => service.remove());
  const flag = 'NOTIFY_AND_AUTO_RENEW';
  const auto = { months: 3, flag };

  it('renews by a month at the end, or with the credit on one of the five days', async () => {
    const rich = await newBuyer(service, '1000.00');
    await rich.buy('logs', { capacityGB: 10 }, auto);
    await rich.buy('professional', { cores: 1 }, auto);
    await rich.buy('scan', { scansPerMonth: 300 }, { flag });
    const days = [1, 2, 3, 4, 5, 6];
    const poor = await Promise.all(
      days.map(async (day) => {
        const buyer = await newBuyer(service, '390.00');
        await buyer.buy('professional', { cores: 1 }, auto);
        await buyer.buy('scan', { scansPerMonth: 300 }, { flag });
        await buyer.buy('logs', { capacityGB: 10 }, auto);
        return { day, buyer };
      }),
    );
    service.command('clock', 'advance', '--to', end.toString());
    const isolated = 'ISOLATED 2026-04-30 14:00:00';
    const renewed = 'NORMAL 2026-05-31 14:00:00';
    expect(await rich.ends()).toEqual({ professional: renewed, scan: renewed, logs: renewed });
    expect(await rich.balance()).toBe(480);
    for (const { day, buyer } of poor) {
      expect(await buyer.ends()).toEqual({ professional: isolated, scan: isolated, logs: isolated });
      expect(await buyer.balance()).toBe(0);
      const at = end.add({ hours: 24 * day }).subtract({ seconds: 1 });
      service.command('clock', 'advance', '--to', at.toString());
      await buyer.topUp('125.00');
      expect(await buyer.ends()).toEqual(day <= 5 ? { professional: renewed, scan: renewed, logs: isolated } : {});
      expect(await buyer.balance()).toBe(day <= 5 ? 5 : 125);
    }
  }, 120_000);
});

describe('a trial that becomes a purchase', () => {
  it('keeps its data when it is bought in time, and its gift of scans until its end', async () => {
    const service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00' });
    const advance = (to: string) => service.command('clock', 'advance', '--to', to);
    try {
      const early = await newBuyer(service, '1000.00');
      const late = await newBuyer(service, '1000.00');
      for (const { tcss } of [early, late]) await tcss.OpenTcssTrial(null);
      await early.buy('professional', { cores: 5 }, { months: 3 });
      expect(await early.tcss.DescribePurchaseStateInfo(null)).toMatchObject({
        State: 3,
        AuthorizedCoresCnt: 5,
        GivenAuthorizedCoresCnt: 0,
        GivenAuthorizedCnt: 500,
      });
      advance('2026-03-08T10:00:00+08:00');
      expect((await early.tcss.DescribeImageAuthorizedInfo(null)).TotalAuthorizedCnt).toBe(0);
      expect(await late.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 1 });
      expect(await codeOf(late.tcss.SyncAssetImageRegistryAsset({ All: true }))).toBe('FailedOperation.TrialEnded');
      advance('2026-03-09T10:00:01+08:00');
      expect(await codeOf(late.buy('professional', { cores: 5 }, { months: 3 }))).toBe('OK');
      expect(await late.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 3 });
      expect(await codeOf(late.tcss.OpenTcssTrial(null))).toMatch(/^FailedOperation\.Trial/);
    } finally {
      await service.remove();
    }
  });
});
