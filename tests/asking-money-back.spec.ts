import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { openStory, type Story } from './support/story.ts';

const editionCode = 'sp_tcss_professional';

/** Gives a whole instance back as the billing SDK does. */
async function giveBack(buyer: Buyer, SubProductCode: string, InstanceId: string): Promise<string[]> {
  const { OrderIdList = [] } = await buyer.billing.RefundInstance({
    ClientToken: `refund-${InstanceId}`,
    ProductCode: 'p_tcss',
    SubProductCode,
    InstanceId,
    RegionCode: 'ap-guangzhou',
  });
  return OrderIdList;
}

async function statusOf(buyer: Buyer, OrderId: string): Promise<number | undefined> {
  const range = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-12-31 00:00:00', Offset: 0, Limit: 1 };
  const { Deals } = await buyer.billing.DescribeDealsByCond({ ...range, OrderId, StatusSet: [4, 6, 7, 13] });
  return Deals?.[0]?.Status;
}

async function ask(buyer: Buyer, InstanceId: string, fields: object = {}): Promise<string> {
  const asked = await buyer.ours('CreateRefundRequest', { InstanceId, Reason: 'not needed any more', ...fields });
  return String(asked['OrderIdList']);
}

describe('a customer asks money back', () => {
  let story: Story;
  beforeAll(async () => {
    story = await openStory('2026-03-15T14:00:00');
  });
  afterAll(() => story.close());

  const decide = (verb: string, buyer: Buyer, order: string, ...more: string[]) =>
    story.service.command('refund', verb, '--account', buyer.accountId, '--order', order, ...more);

  it('without a reason until the fifth day ends: all of the first edition, and of the scans with it', async () => {
    const [early, late] = [await story.buyer('2000.00'), await story.buyer('2000.00')];
    const edition = await early.buy('professional', { cores: 10 }, { months: 3 });
    await early.buy('scan', { scansPerMonth: 300 });
    const other = await late.buy('professional', { cores: 10 }, { months: 3 });
    expect(await early.balance()).toBe(2_000 - 900 - 270);

    await story.advance('2026-03-20T13:59:59');
    const inquiry = { Action: 'refund', SubProductCode: editionCode, InstanceId: edition };
    expect(await early.ours('InquirePrice', inquiry)).toMatchObject({ RealTotalCost: '1170.00', QuoteId: '' });
    const orders = await giveBack(early, editionCode, edition);
    expect(await Promise.all(orders.map((order) => statusOf(early, order)))).toEqual([6, 6]);
    expect(await early.balance()).toBe(2_000);
    expect(await early.ends()).toEqual({});
    expect(await early.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 4, SubState: 'DESTROED' });
    // The same call again, as after a lost answer.
    expect(await giveBack(early, editionCode, edition)).toEqual(orders);

    await story.advance('2026-03-20T14:00:00');
    expect(await codeOf(giveBack(late, editionCode, other))).toBe('FailedOperation.NotAllowToRefund');
    expect(await late.balance()).toBe(1_100);
    expect(await late.ends()).toEqual({ professional: 'NORMAL 2026-06-15 14:00:00' });

    // Not the first one any more.
    const second = await early.buy('professional', { cores: 10 }, { months: 3 });
    expect(await codeOf(giveBack(early, editionCode, second))).toBe('FailedOperation.NotAllowToRefund');
    expect(await story.events(early)).toEqual([
      '2026-03-15 14:00:00 purchased professional',
      '2026-03-15 14:00:00 purchased image-scan',
      '2026-03-20 13:59:59 destroyed professional',
      '2026-03-20 13:59:59 destroyed image-scan',
      '2026-03-20 13:59:59 refunded professional',
      '2026-03-20 13:59:59 refunded image-scan',
      '2026-03-20 13:59:59 data-deleted image-scan',
      '2026-03-20 13:59:59 data-deleted professional',
      '2026-03-20 14:00:00 purchased professional',
    ]);
    expect(await story.events(late)).toEqual(['2026-03-15 14:00:00 purchased professional']);
    expect(await story.books(early)).toBe(0n);
  });

  it('for cores that destroyed hosts have left over, as the operator decides from the command line', async () => {
    const buyer = await story.buyer('10000.00');
    const edition = await buyer.buy('professional', { cores: 100 }, { months: 3 });
    await story.putCores(buyer, 100);
    await story.advance('2026-03-25T14:00:00');
    expect(await codeOf(ask(buyer, edition, { Cores: 1 }))).toBe('FailedOperation.NotAllowToRefund');
    await story.putCores(buyer, 60);
    await story.advance('2026-03-26T14:00:00');
    expect(await codeOf(ask(buyer, edition, { Cores: 41 }))).toBe('FailedOperation.NotAllowToRefund');
    const inquiry = { Action: 'refund', SubProductCode: editionCode, InstanceId: edition, Parameter: '{"cores":40}' };
    // 25 of 31 days and two months are left: 40 × 30.00 × 87/31.
    expect(await buyer.ours('InquirePrice', inquiry)).toMatchObject({ RealTotalCost: '3367.74', Binds: false });

    const refused = await ask(buyer, edition, { Cores: 40 });
    expect(await statusOf(buyer, refused)).toBe(13);
    expect(await buyer.balance()).toBe(1_000);
    expect(story.service.command('refund', 'list')).toMatchObject([
      {
        accountId: buyer.accountId,
        orderId: refused,
        instanceId: edition,
        quantity: '40',
        ground: 'surplus',
        reason: 'not needed any more',
        askedTime: '2026-03-26 14:00:00',
        decidedTime: '',
      },
    ]);
    expect(await codeOf(ask(buyer, edition, { Cores: 1 }))).toBe('InvalidParameter.ResourceLocked');
    const rejected = { accountId: buyer.accountId, orderId: refused, status: 7 };
    expect(decide('reject', buyer, refused, '--note', 'the hosts come back')).toEqual(rejected);
    expect(await statusOf(buyer, refused)).toBe(7);
    expect(await buyer.balance()).toBe(1_000);

    await story.advance('2026-03-26T14:00:01');
    const granted = await ask(buyer, edition, { Cores: 40 });
    await story.advance('2026-03-27T14:00:00');
    expect(decide('approve', buyer, granted)).toEqual({ accountId: buyer.accountId, orderId: granted, status: 6 });
    // What a day has used since is used: 40 × 30.00 × 86/31.
    expect(await buyer.balance()).toBe(4_329.03);
    expect(await buyer.tcss.DescribePurchaseStateInfo(null)).toMatchObject({ State: 3, AuthorizedCoresCnt: 60 });
    expect(await story.events(buyer)).toEqual([
      '2026-03-20 14:00:00 purchased professional',
      '2026-03-26 14:00:00 refund-requested professional',
      '2026-03-26 14:00:00 refund-rejected professional',
      '2026-03-26 14:00:01 refund-requested professional',
      '2026-03-27 14:00:00 refunded professional',
    ]);
    expect(story.service.command('refund', 'list', '--all', '--account', buyer.accountId)).toMatchObject([
      { orderId: granted, decidedTime: '2026-03-27 14:00:00', note: '' },
      { orderId: refused, decidedTime: '2026-03-26 14:00:00', note: 'the hosts come back' },
    ]);
    expect(await story.books(buyer)).toBe(0n);
    // Nothing is left to be sampled each hour.
    await story.putCores(buyer, 0);
  });

  it('for capacity of logs that is no longer needed, for the rest of its term', async () => {
    const buyer = await story.buyer('200.00');
    const logs = await buyer.buy('logs', { capacityGB: 30 }, { months: 6 });
    expect(await buyer.balance()).toBe(20);
    await story.advance('2026-04-27T14:00:00');
    for (const CapacityGB of [5, 30, 40]) {
      expect(await codeOf(ask(buyer, logs, { CapacityGB }))).toMatch(
        /^(InvalidParameter\.Quantity|FailedOperation\.NotAllowToRefund)$/,
      );
    }
    const order = await ask(buyer, logs, { CapacityGB: 20 });
    decide('approve', buyer, order);
    expect(await buyer.balance()).toBe(20 + 100);
    expect((await buyer.tcss.DescribeSecLogVasInfo(null)).LogCapacity).toBe(10);
    expect(await buyer.ends()).toEqual({ logs: 'NORMAL 2026-09-27 14:00:00' });
    expect(await story.events(buyer)).toEqual([
      '2026-03-27 14:00:00 purchased log-analysis',
      '2026-04-27 14:00:00 refund-requested log-analysis',
      '2026-04-27 14:00:00 refunded log-analysis',
    ]);
    expect(await story.books(buyer)).toBe(0n);
  });

  it('while the command tells in one line what it cannot do', async () => {
    const buyer = await story.buyer('100.00');
    const logs = await buyer.buy('logs', { capacityGB: 10 }, { months: 1 });
    const order = await ask(buyer, logs);
    expect(story.service.command('refund', 'list')).toMatchObject([
      { orderId: order, quantity: '', ground: 'capacity' },
    ]);
    expect(() => decide('approve', buyer, '1'.repeat(20))).toThrow(/status 2: wharfinger refund: .*InvalidDeal/);
    expect(() => decide('approve', buyer, 'all of them')).toThrow(/status 2: wharfinger refund: .*OrderId/);
    const stranger = await story.buyer();
    expect(() => decide('approve', stranger, order)).toThrow(/status 2: wharfinger refund: .*InvalidDeal/);
    expect(() => story.service.command('refund', 'approve', '--order', order)).toThrow(/status 2: .*--account/);
    expect(() => story.service.command('refund', 'forget')).toThrow('there is no "refund forget"');
    decide('approve', buyer, order);
    expect(() => decide('reject', buyer, order)).toThrow(/status 2: wharfinger refund: .*InvalidDeal/);
    expect(await buyer.balance()).toBe(100);
    expect(story.service.command('refund', 'list')).toEqual([]);
  });
});

describe('where refunds that need no reason are held back', () => {
  let story: Story;
  beforeAll(async () => {
    story = await openStory('2026-03-15T14:00:00', { WHARFINGER_HOLD_NO_REASON_REFUNDS: '1' });
  });
  afterAll(() => story.close());

  it('one that was asked in time is granted in full by the operator, however long that takes', async () => {
    const buyer = await story.buyer('1000.00');
    const edition = await buyer.buy('professional', { cores: 10 }, { months: 3 });
    await story.advance('2026-03-20T13:59:59');
    const [order = ''] = await giveBack(buyer, editionCode, edition);
    expect(await statusOf(buyer, order)).toBe(13);
    await story.advance('2026-03-25T14:00:00');
    expect(await buyer.ends()).toEqual({ professional: 'NORMAL 2026-06-15 14:00:00' });
    expect(story.service.command('refund', 'list')).toMatchObject([{ orderId: order, ground: 'no-reason' }]);
    story.service.command('refund', 'approve', '--account', buyer.accountId, '--order', order);
    expect(await statusOf(buyer, order)).toBe(6);
    expect(await buyer.balance()).toBe(1_000);
    expect(await giveBack(buyer, editionCode, edition)).toEqual([order]);
    expect((await story.events(buyer)).slice(0, 4)).toEqual([
      '2026-03-15 14:00:00 purchased professional',
      '2026-03-20 13:59:59 refund-requested professional',
      '2026-03-25 14:00:00 destroyed professional',
      '2026-03-25 14:00:00 refunded professional',
    ]);
  });
});
