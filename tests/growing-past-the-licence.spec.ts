import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { daily, openStory, type Story } from './support/story.ts';

/** Three months of the professional edition, bought at the end of a month, whose environment grows past the licence. */
describe('three months of the professional edition', () => {
  let story: Story;
  let buyer: Buyer;
  let professional = '';
  beforeAll(async () => {
    story = await openStory('2026-01-31T14:00:00');
    buyer = await story.buyer('12000.00');
    professional = await buyer.buy('professional', { cores: 100, elasticCap: 5000 }, { months: 3 });
  });
  afterAll(() => story.close());

  const cores = async () => {
    const { CoresCnt, AuthorizedCoresCnt, CurrentFlexibleCoresCnt } = await buyer.tcss.DescribePurchaseStateInfo(null);
    expect(CoresCnt).toBe(Number(AuthorizedCoresCnt) + Number(CurrentFlexibleCoresCnt));
    return [AuthorizedCoresCnt, CurrentFlexibleCoresCnt];
  };
  const charged = async () => {
    const { SoftQuotaDayDetail = [] } = await buyer.tcss.DescribePostPayDetail({ Limit: 100 });
    return SoftQuotaDayDetail.map(({ PayTime }) => PayTime);
  };

  it('are charged at once, and nothing more while the licence covers the environment', async () => {
    expect(await buyer.balance()).toBe(3_000);
    await story.putCores(buyer, 90);
    await story.advance('2026-02-10T09:30:00');
    expect(await cores()).toEqual([100, 0]);
    expect(await charged()).toEqual([]);
    expect(await buyer.balance()).toBe(3_000);
  });

  it('cost the average of the excess for each day that the environment is larger, at 02:00 of the next', async () => {
    await story.putCores(buyer, 124);
    await story.advance('2026-02-10T10:00:00');
    expect(await cores()).toEqual([100, 24]);
    await story.advance('2026-02-11T01:59:59');
    expect(await charged()).toEqual([]);
    await story.advance('2026-02-11T02:00:00');
    // 14 of 24 hours with 24 cores.
    expect(await charged()).toEqual(['2026-02-11 02:00:00']);
    expect(await buyer.balance()).toBe(3_000 - 14);
    await story.advance('2026-03-15T14:30:00');
    // All of 18 days in February, and 14 in March, with 24 cores.
    expect(await buyer.balance()).toBe(2_986 - 18 * 24 - 14 * 24);
  });

  it('take more cores in the middle, for their share of the term, which count from the payment on', async () => {
    const more = { cores: 20, instanceId: professional };
    const inquiry = { Action: 'upgrade', SubProductCode: 'sp_tcss_professional', InstanceId: professional };
    const inquired = await buyer.ours('InquirePrice', { ...inquiry, Parameter: '{"cores":20}' });
    // 16 of the 31 days to the next anniversary, and one month: 20 × 30.00 × 47/31.
    expect(inquired).toMatchObject({ RealTotalCost: '909.68', Lines: [{ Quantity: 20, Months: '47/31' }] });
    expect(await buyer.buy('professional', { ...more, quoteId: inquired['QuoteId'] })).toBe(professional);
    expect(await buyer.balance()).toBe(1_308.32);
    expect(await buyer.ends()).toEqual({ professional: 'NORMAL 2026-04-30 14:00:00' });
    expect(await cores()).toEqual([120, 4]);
    await story.advance('2026-03-16T02:00:00');
    // 15 hours with 24 cores, 9 with 4.
    expect(await buyer.balance()).toBe(1_308.32 - 16.5);
  });

  it('never charge more than the elastic cap', async () => {
    await story.advance('2026-04-01T09:30:00');
    expect(await buyer.balance()).toBe(1_291.82 - 16 * 4);
    await story.putCores(buyer, 9_000);
    await story.advance('2026-04-01T10:30:00');
    expect(await cores()).toEqual([120, 5_000]);
    await story.putCores(buyer, 124);
    await story.advance('2026-04-02T02:00:00');
    // One hour of 5,000 cores, 23 of 4: 5092/24.
    expect(await buyer.balance()).toBe(1_227.82 - 212.17);
  });

  it('end, while what is licensed still counts and elastic cores run on until the edition stops', async () => {
    await story.advance('2026-04-30T13:59:59');
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 3, SubState: 'NORMAL' });
    await story.advance('2026-04-30T14:00:00');
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'ISOLATE' });
    expect(await cores()).toEqual([120, 4]);
    await story.advance('2026-05-05T14:00:00');
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'ISOLATE' });
    expect(await cores()).toEqual([0, 0]);
    await story.advance('2026-05-06T14:00:00');
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'DESTROED' });
    // 29 days of April and 4 of May with 4 cores, then 14 hours of them.
    expect(await buyer.balance()).toBe(881.32);
    expect(await charged()).toHaveLength(85);
    await story.advance('2026-05-10T02:00:00');
    expect(await charged()).toHaveLength(85);
    expect(await buyer.balance()).toBe(881.32);
  });

  it('have told each thing at its instant, and left books that sum to zero', async () => {
    expect(await story.events(buyer)).toEqual([
      '2026-01-31 14:00:00 purchased professional',
      '2026-03-15 14:30:00 widened professional',
      '2026-04-01 10:00:00 elastic-cap-exceeded',
      ...daily('2026-04-24', '2026-04-30', 'reminder-due', 'professional'),
      '2026-04-30 14:00:00 isolated professional',
      ...daily('2026-05-01', '2026-05-05', 'isolation-notice-due', 'professional'),
      '2026-05-05 14:00:00 stopped professional',
      ...daily('2026-05-06', '2026-05-06', 'isolation-notice-due', 'professional'),
      '2026-05-06 14:00:00 destroyed professional',
      '2026-05-06 14:00:00 data-deleted professional',
    ]);
    expect(await story.books(buyer)).toBe(0n);
  });
});
