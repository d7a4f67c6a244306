import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBuyer, type Buyer } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('a customer buys through the official billing SDK', () => {
  let service: RunningService;
  let buyer: Buyer;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-01-31T14:00:00+08:00' });
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
    advance('2026-05-06T14:00:00+08:00');
    expect(await buyer.ends()).toEqual({ logs: 'NORMAL 2027-03-15 14:00:00' });
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'DESTROED' });
    expect(await buyer.tcss.DescribeSecLogVasInfo(null)).toMatchObject({ BuyStatus: 'Normal', LogCapacity: 100 });
    expect(await codeOf(buyer.tcss.SyncAssetImageRegistryAsset({ All: true }))).toBe('FailedOperation.EditionEnded');
    // A new one is a new purchase: of three months at least.
    expect(await codeOf(buyer.buy('professional', { cores: 1 }, { months: 1 }))).toBe('InvalidParameter.Period');
    expect(await codeOf(buyer.buy('professional', { cores: 1 }, { months: 3 }))).toBe('OK');
  });
});
