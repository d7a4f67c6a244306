import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, operatorCaller, type CallAction } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { testOrders, type TestOrders } from '../../../tests/support/test-orders.ts';
import { lineOf, orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import { fraction, priceLine } from '../catalog/index.ts';
import { decimal } from './actions/billing-fields.ts';
import { topUp } from './credit.ts';

/** 10:00 in the market. */
const now = Temporal.Instant.from('2026-03-01T02:00:00Z');
const march = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-03-31 23:59:59' };

describe('the actions on bills', () => {
  let platform: TestPlatform;
  let operator: CallAction;
  let orders: TestOrders;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    operator = operatorCaller(platform);
    orders = testOrders(platform, now);
  });
  afterAll(() => platform.close());

  it('tell each movement of the balance, with what was there after it', async () => {
    const tenant = await walletTenant(platform, 10_000n);
    const call = actionCaller(platform, tenant);
    await platform.database.inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'credit', cents: 500n }, now));
    const { orderId } = await orders.buy(tenant, 2000n, {}, now.add({ hours: 1 }));
    const list = (more: Record<string, unknown> = {}) =>
      call('DescribeBillList', { ...march, Offset: 0, Limit: 10, ...more });
    const all = await list();
    expect(all).toEqual({
      Total: 3,
      TransactionList: [
        {
          ActionType: 'deduct',
          Amount: -2000,
          Balance: 8500,
          BillId: `${orderId}01`,
          OperationInfo: 'Payment of an order',
          OperationTime: '2026-03-01 11:00:00.000',
          Cash: 8500,
          Incentive: 0,
          Freezing: 0,
          PayChannel: '',
          DeductMode: 'trade',
        },
        expect.objectContaining({ ActionType: 'recharge', Amount: 500, Balance: 10_500, Incentive: 500 }),
        expect.objectContaining({ ActionType: 'recharge', Amount: 10_000, Balance: 10_000, Cash: 10_000 }),
      ],
      ReturnAmount: 0,
      RechargeAmount: 10_500,
      BlockAmount: 0,
      UnblockAmount: 0,
      DeductAmount: 2000,
      AgentInAmount: 0,
      AdvanceRechargeAmount: 0,
      WithdrawAmount: 0,
      AgentOutAmount: 0,
      AdvancePayAmount: 0,
    });
    expect(await list({ PayType: ['deduct'] })).toMatchObject({ Total: 1, RechargeAmount: 0 });
    expect(await list({ PayType: ['all'], SubPayType: ['trade'] })).toMatchObject({ Total: 1 });
    expect(await list({ PayType: ['recharge'], SubPayType: ['trade'] })).toMatchObject({ Total: 0 });
    expect(await list({ Offset: 2, Limit: 10 })).toMatchObject({ Total: 3, TransactionList: [{ Amount: 10_000 }] });
    expect(await list({ StartTime: '2026-03-01 10:30:00' })).toMatchObject({
      Total: 1,
      TransactionList: [{ Balance: 8500 }],
    });
    expect(await errorCode(list({ EndTime: '2026-12-01 00:00:00' }))).toBe('InvalidParameter');
  });

  it('show a payment by voucher only when movements of nothing are asked for', async () => {
    const tenant = await walletTenant(platform);
    const call = actionCaller(platform, tenant);
    await operator('GrantVoucher', { Uin: String(tenant), Amount: '5', EndTime: '2026-04-01 00:00:00' });
    await orders.pay(tenant, await orders.place(tenant, orderOf(tenant, 100n)), { vouchers: { auto: true } });
    const list = (WithZeroAmount: number) =>
      call('DescribeBillList', { ...march, Offset: 0, Limit: 10, WithZeroAmount });
    expect(await list(0)).toMatchObject({ Total: 0 });
    expect(await list(1)).toMatchObject({ Total: 1, TransactionList: [{ ActionType: 'deduct', Amount: 0 }] });
  });

  it('open a bill to price, quantity, term, discount and who paid', async () => {
    const tenant = await walletTenant(platform, 100_000n);
    const call = actionCaller(platform, tenant);
    await operator('GrantVoucher', { Uin: String(tenant), Amount: '10', EndTime: '2026-04-01 00:00:00' });
    const line = priceLine({
      product: 'image-scan',
      description: '300 scans a month',
      unitPriceMicro: 300_000n,
      quantity: 300n,
      share: fraction(7n, 3n),
      catalogVersion: 2n,
      promotions: [{ id: 1, name: 'Spring', percentOff: 10 }],
    });
    const order = orderOf(tenant, 0n, { product: 'image-scan', action: 'renew', lines: [line, lineOf(1n)] });
    const { orderId } = await orders.pay(tenant, await orders.place(tenant, order), { vouchers: { auto: true } });
    const detail = await call('DescribeBillDetail', { Offset: 0, Limit: 10, Month: '2026-03', NeedRecordNum: 1 });
    expect(detail).toMatchObject({
      Total: 1,
      Context: '',
      DetailSet: [
        {
          BusinessCode: 'p_tcss',
          ProductCode: 'sp_tcss_image_scan',
          ProductCodeName: 'Image scan',
          ActionType: 'prepay_renew',
          ActionTypeName: '包年包月续费',
          OrderId: orderId,
          BillId: `${orderId}01`,
          PayTime: '2026-03-01 10:00:00',
          FeeBeginTime: '2026-03-01 10:00:00',
          FeeEndTime: '2026-06-01 10:00:00',
          BillDay: '2026-03-01 00:00:00',
          BillMonth: '2026-03-01 00:00:00',
          PayerUin: String(tenant),
          AssociatedOrder: { PrepayPurchase: '', PrepayRenew: orderId },
          DiscountContent: 'Spring',
          Formula: '0.30 × 300 scan × 7/3 month × 90% = 189.00; 0.01 × 1 core × 1 month = 0.01',
          ComponentSet: [
            {
              SinglePrice: '0.30',
              ContractPrice: '0.27',
              PriceUnit: 'CNY/scan/month',
              UsedAmount: '300',
              TimeSpan: '2.33333333',
              Cost: '210.00',
              Discount: '0.9',
              RealCost: '189.00',
              VoucherPayAmount: '10.00',
              IncentivePayAmount: '0.00',
              CashPayAmount: '179.00',
            },
            { RealCost: '0.01', CashPayAmount: '0.01', VoucherPayAmount: '0.00' },
          ],
        },
      ],
    });
  });

  it('filter bills by month, pay mode, type and instance', async () => {
    const tenant = await walletTenant(platform, 100_000n);
    const call = actionCaller(platform, tenant);
    const lastOfMarch = Temporal.Instant.from('2026-03-31T15:59:59Z');
    await orders.buy(tenant, 1n, { instanceId: 'tcss-a' }, lastOfMarch);
    await orders.buy(tenant, 2n, { instanceId: 'tcss-b', action: 'upgrade' }, lastOfMarch.add({ seconds: 1 }));
    const costs = async (filters: Record<string, unknown>) => {
      const { DetailSet } = await call('DescribeBillDetail', { Offset: 0, Limit: 10, ...filters });
      const rows = DetailSet as { ComponentSet: { RealCost: string }[] }[];
      return rows.flatMap(({ ComponentSet }) => ComponentSet.map(({ RealCost }) => RealCost));
    };
    const april = { BeginTime: '2026-04-30 00:00:00', EndTime: '2026-04-30 23:59:59', Month: '2026-03' };
    expect(await costs({ Month: '2026-03' })).toEqual(['0.01']);
    expect(await costs(april)).toEqual(['0.02']);
    expect(await costs({ Month: '2026-03', PayMode: 'postPay' })).toEqual([]);
    expect(await costs({ Month: '2026-04', ActionType: '包年包月配置变更' })).toEqual(['0.02']);
    expect(await costs({ Month: '2026-04', ActionType: 'other' })).toEqual([]);
    expect(await costs({ Month: '2026-04', ResourceId: 'tcss-b' })).toEqual(['0.02']);
    expect(await costs({ Month: '2026-04', ResourceId: 'tcss-a' })).toEqual([]);
    expect(await costs({ Month: '2026-04', PayerUin: '100000000001' })).toEqual([]);
    expect(await costs({ Month: '2026-04', BusinessCode: 'p_cvm' })).toEqual([]);
    const code = (wrong: Record<string, unknown>) => errorCode(costs(wrong));
    expect(await code({})).toBe('InvalidParameter');
    expect(await code({ BeginTime: april.BeginTime })).toBe('InvalidParameter');
    expect(await code({ ...april, EndTime: '2026-05-01 00:00:00' })).toBe('InvalidParameterValue');
    expect(await code({ Month: '2026-13' })).toBe('InvalidParameterValue');
    expect(await code({ Month: '2026-03', Limit: 301 })).toMatch(/^InvalidParameterValue/);
  });

  it.each([
    ['business', 'p_tcss', 'Container security'],
    ['project', '0', ''],
    ['region', 'ap-guangzhou', 'ap-guangzhou'],
    ['payMode', 'prePay', '包年包月'],
  ])('sum a month up by %s', async (GroupType, GroupKey, GroupValue) => {
    const tenant = await walletTenant(platform, 100_000n);
    const call = actionCaller(platform, tenant);
    await platform.database.inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'credit', cents: 50n }, now));
    await orders.buy(tenant, 100n);
    await orders.buy(tenant, 234n);
    const sums = {
      TotalCost: '3.34',
      RealTotalCost: '3.34',
      CashPayAmount: '2.84',
      IncentivePayAmount: '0.50',
      VoucherPayAmount: '0.00',
      TransferPayAmount: '0.00',
    };
    const business = { BusinessCode: 'p_tcss', BusinessCodeName: 'Container security', ...sums };
    expect(await call('DescribeBillSummary', { Month: '2026-03', GroupType })).toEqual({
      Ready: 1,
      SummaryDetail: [{ GroupKey, GroupValue, ...sums, Business: [business] }],
    });
    const none = { Ready: 1, SummaryDetail: [] };
    expect(await call('DescribeBillSummary', { Month: '2026-04', GroupType })).toEqual(none);
    expect(await call('DescribeBillSummary', { Month: '2026-03', GroupType, PayerUin: '1' })).toEqual(none);
  });

  it('know no tags', async () => {
    const call = actionCaller(platform, await walletTenant(platform));
    const code = errorCode(call('DescribeBillSummary', { Month: '2026-03', GroupType: 'tag', TagKey: ['a'] }));
    expect(await code).toBe('FailedOperation.TagKeyNotExist');
  });
});

describe('a decimal', () => {
  it.each([
    [7n, 3n, 8, 0, '2.33333333'],
    [2n, 3n, 2, 0, '0.67'],
    [5n, 1000n, 2, 2, '0.01'],
    [4n, 1000n, 2, 2, '0.00'],
    [300_000n, 1_000_000n, 6, 2, '0.30'],
    [3n, 1n, 8, 0, '3'],
    [0n, 1n, 8, 0, '0'],
    [1_000_001n, 1_000_000n, 6, 2, '1.000001'],
  ])('%d/%d to %d digits, at least %d, is %s', (numerator, denominator, digits, least, text) => {
    expect(decimal(numerator, denominator, digits, least)).toBe(text);
  });
});
