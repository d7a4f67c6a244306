import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { testOrders, type TestOrders } from '../../../tests/support/test-orders.ts';
import { orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import { createAccount } from '../accounts/index.ts';
import { fraction, priceLine } from '../catalog/index.ts';
import { grantVoucher } from './credit.ts';
import { expireUnpaid } from './move-deal.ts';

/** 10:00 in the market. */
const now = Temporal.Instant.from('2026-03-01T02:00:00Z');
const march = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-03-31 23:59:59' };

describe('the actions on orders', () => {
  let platform: TestPlatform;
  let orders: TestOrders;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    orders = testOrders(platform, now);
  });
  afterAll(() => platform.close());

  it('list one as the Terraform provider asks for it', async () => {
    const tenant = await walletTenant(platform, 1_000_000n);
    const call = actionCaller(platform, tenant);
    const lines = [
      priceLine({
        product: 'professional',
        description: '100 cores for 3 months',
        unitPriceMicro: 30_000_000n,
        quantity: 100n,
        share: fraction(3n),
        catalogVersion: 1n,
      }),
    ];
    const { orderId, bigDealId } = await orders.buy(tenant, 0n, { lines });
    await orders.buy(tenant, 100n);
    const request = {
      OrderId: orderId,
      StatusSet: [4, 6],
      Offset: 0,
      Limit: 1,
      StartTime: '2026-02-28 10:00:00',
      EndTime: '2026-03-02 10:00:00',
    };
    expect(await call('DescribeDealsByCond', request)).toEqual({
      TotalCount: 1,
      Deals: [
        {
          OrderId: orderId,
          Status: 4,
          Payer: String(tenant),
          CreateTime: '2026-03-01 10:00:00',
          Creator: String(tenant),
          RealTotalCost: 900_000,
          VoucherDecline: 0,
          ProjectId: 0,
          GoodsCategoryId: 0,
          ProductInfo: [{ Name: 'Professional edition', Value: '100 cores for 3 months' }],
          TimeSpan: 3,
          TimeUnit: 'm',
          Currency: 'CNY',
          Policy: 100,
          Price: 3000,
          TotalCost: 900_000,
          ProductCode: 'p_tcss',
          SubProductCode: 'sp_tcss_professional',
          BigDealId: bigDealId,
          Formula: '',
          RefReturnDeals: '',
          PayMode: 'prePay',
          Action: 'purchase',
          ProductName: 'Container security',
          SubProductName: 'Professional edition',
          ResourceId: ['tcss-spec'],
          ZoneCode: 'ap-guangzhou-1',
        },
      ],
    });
    expect(await call('DescribeDealsByCond', { ...request, StatusSet: [6] })).toEqual({ TotalCount: 0, Deals: [] });
  });

  it('filter them by status, number, instance and time, page by page', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const call = actionCaller(platform, tenant);
    const at = (hours: number) => now.add({ hours });
    const first = await orders.buy(tenant, 1n, { instanceId: 'tcss-a' });
    const second = await orders.buy(tenant, 1n, { instanceId: 'tcss-b' }, at(1));
    const unpaid = await orders.place(tenant, orderOf(tenant, 1n), at(2));
    const expired = await orders.place(tenant, orderOf(tenant, 1n), at(3));
    await platform.database.inTenant(tenant, (tx) => expireUnpaid(tx, tenant, expired.orderId));
    const list = async (filters: Record<string, unknown>) => {
      const answer = await call('DescribeDealsByCond', { ...march, Limit: 20, ...filters });
      const found = answer['Deals'] as { OrderId: string }[];
      return [answer['TotalCount'], ...found.map(({ OrderId }) => OrderId)];
    };
    expect(await list({})).toEqual([2, second.orderId, first.orderId]);
    expect(await list({ Status: 1 })).toEqual([1, unpaid.orderId]);
    expect(await list({ Status: 8 })).toEqual([1, expired.orderId]);
    expect(await list({ Status: 1, StatusSet: [4, 8] })).toEqual([3, expired.orderId, second.orderId, first.orderId]);
    expect(await list({ Limit: 1, Offset: 1 })).toEqual([2, first.orderId]);
    expect(await list({ Limit: 1, Offset: 2 })).toEqual([2]);
    expect(await list({ Limit: 2, Offset: 1, StatusSet: [1, 4, 8] })).toEqual([4, second.orderId, first.orderId]);
    expect(await list({ BigDealId: first.bigDealId })).toEqual([1, first.orderId]);
    expect(await list({ ResourceId: 'tcss-b', OrderId: '' })).toEqual([1, second.orderId]);
    expect(await list({ StartTime: '2026-03-01 10:00:01' })).toEqual([1, second.orderId]);
    expect(await list({ EndTime: '2026-03-01 10:00:00' })).toEqual([1, first.orderId]);
    const other = actionCaller(platform, await walletTenant(platform));
    expect(await other('DescribeDealsByCond', { ...march, Limit: 20 })).toMatchObject({ TotalCount: 0 });
  });

  it.each([
    [{ StartTime: '2026-02-30 00:00:00' }],
    [{ StartTime: '2026-03-01' }],
    [{ StartTime: '2026-03-01T00:00:00Z' }],
    [{ StartTime: '0000-00-00 00:00:00' }],
    [{ Limit: 0 }],
    [{ Limit: 1001 }],
    [{ Offset: -1 }],
    [{ Status: 14 }],
    [{ StatusSet: [0] }],
  ])('refuse %o', async (wrong) => {
    const call = actionCaller(platform, await walletTenant(platform));
    const code = errorCode(call('DescribeDealsByCond', { ...march, Limit: 20, ...wrong }));
    expect(await code).toMatch(/^InvalidParameterValue/);
  });

  it('say why an order cannot be paid, and keep nothing of several when one cannot', async () => {
    const tenant = await walletTenant(platform, 150n);
    const call = actionCaller(platform, tenant);
    const [one, two] = [
      await orders.place(tenant, orderOf(tenant, 100n)),
      await orders.place(tenant, orderOf(tenant, 100n)),
    ];
    const paid = await orders.buy(tenant, 10n);
    const code = (request: Record<string, unknown>) => errorCode(call('PayDeals', request));
    expect(await code({ OrderIds: [one.orderId, two.orderId, 'x'] })).toMatch(/^FailedOperation/);
    expect(await code({ BigDealIds: [one.bigDealId, 'x'] })).toBe('FailedOperation.InvalidDeal');
    expect(await code({ OrderIds: [paid.orderId] })).toBe('FailedOperation.InvalidDeal');
    expect(await code({ OrderIds: ['x'.repeat(64)] })).toBe('FailedOperation.InvalidDeal');
    expect(await code({ OrderIds: [one.orderId], VoucherIds: ['x'] })).toBe('FailedOperation.InvalidVoucher');
    expect(await code({ OrderIds: [one.orderId], BigDealIds: [two.bigDealId] })).toBe('InvalidParameter');
    expect(await code({})).toBe('InvalidParameter');
    expect(await code({ OrderIds: [one.orderId], AgentPay: 1 })).toMatch(/^InvalidParameterValue/);
    expect(await call('DescribeAccountBalance')).toMatchObject({ RealBalance: 140 });
    const unpaid = await call('DescribeDealsByCond', { ...march, Limit: 20, Status: 1 });
    expect(unpaid).toMatchObject({ TotalCount: 2 });
  });

  it('pay several at once, named by either number, and tell what was paid', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const call = actionCaller(platform, tenant);
    const place = (instanceId: string) => orders.place(tenant, orderOf(tenant, 100n, { instanceId }));
    const [a, b, c] = [await place('tcss-a'), await place('tcss-a'), await place('tcss-c')];
    expect(await call('PayDeals', { OrderIds: [a.orderId, b.orderId, a.orderId] })).toEqual({
      OrderIds: [a.orderId, b.orderId],
      ResourceIds: ['tcss-a'],
      BigDealIds: [a.bigDealId, b.bigDealId],
    });
    expect(await call('PayDeals', { BigDealIds: [c.bigDealId], OrderIds: [], CpsUin: '', AgentPay: 0 })).toEqual({
      OrderIds: [c.orderId],
      ResourceIds: ['tcss-c'],
      BigDealIds: [c.bigDealId],
    });
    expect(await call('DescribeAccountBalance')).toMatchObject({ RealBalance: 700 });
  });

  it('pay with a named voucher until it is used up, or with all that may pay', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const call = actionCaller(platform, tenant);
    const grant = (nominalCents: bigint) =>
      platform.database.inTenant(tenant, (tx) =>
        grantVoucher(tx, tenant, { nominalCents, products: [], beginsAt: now, endsAt: now.add({ hours: 1 }) }, now),
      );
    const placed = [];
    for (let count = 0; count < 4; count += 1) placed.push((await orders.place(tenant, orderOf(tenant, 100n))).orderId);
    const [a = '', b = '', c = '', d = ''] = placed;
    const voucher = await grant(100n);
    await grant(30n);
    await call('PayDeals', { OrderIds: [a, b], VoucherIds: [voucher] });
    expect(await call('DescribeAccountBalance')).toMatchObject({ RealBalance: 900 });
    expect(await errorCode(call('PayDeals', { OrderIds: [c], VoucherIds: [voucher] }))).toBe(
      'FailedOperation.InvalidVoucher',
    );
    await call('PayDeals', { OrderIds: [c, d], AutoVoucher: 1 });
    expect(await call('DescribeAccountBalance')).toMatchObject({ RealBalance: 730 });
    expect(await call('DescribeDealsByCond', { ...march, Limit: 20, OrderId: c })).toMatchObject({
      Deals: [{ RealTotalCost: 100, VoucherDecline: 30 }],
    });
  });

  it('pay only for a verified account', async () => {
    const { uin } = await platform.database.inSystem('test', (tx) =>
      createAccount(tx, { email: 'unverified-payer@example.com', verified: false }, now),
    );
    const code = errorCode(actionCaller(platform, uin)('PayDeals', { OrderIds: ['x'] }));
    expect(await code).toBe('UnauthorizedOperation.NotCertification');
  });
});
