import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { daily, openStory, type Story } from './support/story.ts';

/** Log analysis has a life of its own: its capacity grows in the middle of its term, and it outlives what else was there. */
describe('log analysis', () => {
  let story: Story;
  let buyer: Buyer;
  let trier: Buyer;
  let logs = '';
  beforeAll(async () => {
    story = await openStory('2026-01-31T14:00:00');
    buyer = await story.buyer('1000.00');
    await buyer.buy('professional', { cores: 1 }, { months: 3 });
    logs = await buyer.buy('logs', { capacityGB: 100 }, { months: 6 });
    trier = await story.buyer('100.00');
  });
  afterAll(() => story.close());

  const upgrade = async (capacityGB: number) => {
    const inquiry = { Action: 'upgrade', SubProductCode: 'sp_tcss_log_analysis', InstanceId: logs };
    const inquired = await buyer.ours('InquirePrice', { ...inquiry, Parameter: JSON.stringify({ capacityGB }) });
    const parameter = { capacityGB, instanceId: logs, quoteId: inquired['QuoteId'] };
    expect(await buyer.buy('logs', parameter)).toBe(logs);
    return inquired['RealTotalCost'];
  };

  it('takes more capacity in the middle of its term, for the share that remains', async () => {
    expect(await buyer.balance()).toBe(310);
    await story.advance('2026-03-15T14:30:00');
    // 16 of the 31 days to the next anniversary, and four months: 20 × 1.00 × 140/31.
    expect(await upgrade(20)).toBe('90.32');
    expect(await buyer.balance()).toBe(219.68);
    expect(await buyer.tcss.DescribeSecLogVasInfo(null)).toMatchObject({
      BuyStatus: 'Normal',
      LogCapacity: 120,
      ResourceID: logs,
      EndTime: '2026-07-31 14:00:00',
    });
    const range = { StartTime: '2026-03-15 00:00:00', EndTime: '2026-03-16 00:00:00', Limit: 10 };
    expect((await buyer.billing.DescribeDealsByCond(range)).Deals).toMatchObject([
      { Action: 'upgrade', Status: 4, RealTotalCost: 9_032, ResourceId: [logs] },
    ]);
  });

  it('is refused what is no step of its capacity, and what is not below what is there', async () => {
    for (const capacityGB of [0, 5, 15, -10]) {
      expect(await codeOf(buyer.buy('logs', { capacityGB, instanceId: logs }))).toBe('InvalidParameter.Quantity');
    }
    expect(await codeOf(trier.buy('logs', { capacityGB: 10, instanceId: logs }))).toBe(
      'InvalidParameterValue.DataNotFound',
    );
  });

  it('is left alone by the lock of a trial', async () => {
    await trier.tcss.OpenTcssTrial(null);
    await trier.buy('logs', { capacityGB: 10 }, { months: 1 });
    await story.advance('2026-03-23T14:30:00');
    expect(await trier.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 1 });
    expect(await trier.tcss.DescribeSecLogVasInfo(null)).toMatchObject({ BuyStatus: 'Normal', LogCapacity: 10 });
    expect(await trier.ends()).toEqual({ logs: 'NORMAL 2026-04-15 14:30:00' });
    expect(await story.events(trier)).toEqual([
      '2026-03-15 14:30:00 trial-opened',
      '2026-03-15 14:30:00 purchased log-analysis',
      '2026-03-20 14:30:00 trial-ends-soon',
      '2026-03-21 14:30:00 trial-ends-soon',
      '2026-03-22 14:30:00 trial-ended',
      '2026-03-23 14:30:00 trial-data-expired',
      '2026-03-23 14:30:00 data-deleted trial',
    ]);
  });

  it('lives on when the professional edition is destroyed, and still grows', async () => {
    await story.advance('2026-05-10T14:00:00');
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'DESTROED' });
    expect(await buyer.ends()).toEqual({ logs: 'NORMAL 2026-07-31 14:00:00' });
    // 21 of 31 days and two months: 10 × 1.00 × 83/31.
    expect(await upgrade(10)).toBe('26.77');
    expect((await buyer.tcss.DescribeSecLogVasInfo(null)).LogCapacity).toBe(130);
  });

  it('stays usable for five days after its own end, then stops, and is gone a day later', async () => {
    const shown = async () => {
      const { BuyStatus, LogCapacity } = await buyer.tcss.DescribeSecLogVasInfo(null);
      return [BuyStatus, LogCapacity];
    };
    for (const [at, status, capacity] of [
      ['2026-07-31T13:59:59', 'Normal', 130],
      ['2026-07-31T14:00:00', 'Isolate', 130],
      ['2026-08-05T13:59:59', 'Isolate', 130],
      ['2026-08-05T14:00:00', 'Isolate', 0],
      ['2026-08-06T13:59:59', 'Isolate', 0],
      ['2026-08-06T14:00:00', 'Pending', 0],
    ] as const) {
      await story.advance(at);
      expect([at, ...(await shown())]).toEqual([at, status, capacity]);
    }
    expect(await story.events(buyer)).toEqual([
      '2026-01-31 14:00:00 purchased professional',
      '2026-01-31 14:00:00 purchased log-analysis',
      '2026-03-15 14:30:00 widened log-analysis',
      ...daily('2026-04-24', '2026-04-30', 'reminder-due', 'professional'),
      '2026-04-30 14:00:00 isolated professional',
      ...daily('2026-05-01', '2026-05-05', 'isolation-notice-due', 'professional'),
      '2026-05-05 14:00:00 stopped professional',
      ...daily('2026-05-06', '2026-05-06', 'isolation-notice-due', 'professional'),
      '2026-05-06 14:00:00 destroyed professional',
      '2026-05-06 14:00:00 data-deleted professional',
      '2026-05-10 14:00:00 widened log-analysis',
      ...daily('2026-07-25', '2026-07-31', 'reminder-due', 'log-analysis'),
      '2026-07-31 14:00:00 isolated log-analysis',
      ...daily('2026-08-01', '2026-08-05', 'isolation-notice-due', 'log-analysis'),
      '2026-08-05 14:00:00 stopped log-analysis',
      ...daily('2026-08-06', '2026-08-06', 'isolation-notice-due', 'log-analysis'),
      '2026-08-06 14:00:00 destroyed log-analysis',
      '2026-08-06 14:00:00 data-deleted log-analysis',
    ]);
    expect(await story.books(buyer)).toBe(0n);
  });
});
