import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { openStory, type Story } from './support/story.ts';

/** The calls of the provider's resource `tencentcloud_billing_instance`, in its order. Source: contract, "Real clients". */
describe('an instance as Terraform keeps it', () => {
  let story: Story;
  let buyer: Buyer;
  let InstanceId = '';
  beforeAll(async () => {
    story = await openStory('2026-01-31T14:00:00');
    buyer = await story.buyer('20000.00');
  });
  afterAll(() => story.close());

  const wanted = {
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_professional',
    RegionCode: 'ap-guangzhou',
    RenewFlag: 'NOTIFY_AND_AUTO_RENEW',
  };
  const { RenewFlag: _, ...subject } = wanted;
  /** As it waits for an order: from yesterday to tomorrow, in the statuses that end the wait well or badly. */
  const dealStatus = async (OrderId: string | undefined, StatusSet: number[]) => {
    const range = { StartTime: '2026-01-30 14:00:00', EndTime: '2026-02-01 14:00:00', Offset: 0, Limit: 1 };
    return (await buyer.billing.DescribeDealsByCond({ ...range, OrderId: OrderId ?? '', StatusSet })).Deals?.[0]
      ?.Status;
  };
  const read = async () =>
    (await buyer.billing.DescribeRenewInstances({ MaxResults: 1, InstanceIdList: [InstanceId] })).InstanceList;

  it('is created once, however often the call is repeated', async () => {
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
    expect(await buyer.billing.CreateInstance(request)).toMatchObject({
      OrderId: created.OrderId,
      InstanceIdList: created.InstanceIdList,
    });
    expect(created.InstanceIdList).toHaveLength(1);
    expect(await buyer.balance()).toBe(2_000);
    expect(await dealStatus(created.OrderId, [4, 6])).toBe(4);
    InstanceId = created.InstanceIdList?.[0] ?? '';
  });

  it('reads back without a difference', async () => {
    expect(await read()).toMatchObject([{ ...wanted, InstanceId, RenewPeriodUnit: 'y' }]);
  });

  it('is renewed', async () => {
    const token = { ClientToken: '9c2c7dcb-0f7c-47b8-a07c-5c7b2b9f4a11' };
    const renewal = { ...token, ...subject, InstanceId, Period: 1, PeriodUnit: 'm' };
    const { OrderIdList } = await buyer.billing.RenewInstance(renewal);
    expect((await buyer.billing.RenewInstance(renewal)).OrderIdList).toEqual(OrderIdList);
    expect(await dealStatus(OrderIdList?.[0], [4, 6])).toBe(4);
    expect(await buyer.balance()).toBe(500);
    expect(await read()).toMatchObject([{ ...wanted, InstanceId, ExpireTime: '2027-02-28 14:00:00' }]);
  });

  it('is destroyed, which gives the money back, and is gone', async () => {
    await story.advance('2026-02-01T10:00:00');
    const destroy = { ClientToken: '5f0d5e6d-6f3a-4a58-9b3d-0d1a3f6f9b77', ...subject, InstanceId };
    const { OrderIdList } = await buyer.billing.RefundInstance(destroy);
    expect((await buyer.billing.RefundInstance(destroy)).OrderIdList).toEqual(OrderIdList);
    expect(await dealStatus(OrderIdList?.[0], [6, 7])).toBe(6);
    expect(await read()).toEqual([]);
    expect(await buyer.balance()).toBe(20_000);
    expect(await story.books(buyer)).toBe(0n);
  });
});
