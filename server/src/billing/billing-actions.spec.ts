import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, operatorCaller, type CallAction } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { lineOf, orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import { createAccount } from '../accounts/index.ts';
import { fraction, priceLine } from '../catalog/index.ts';
import { decimal } from './actions/billing-fields.ts';
import { topUp } from './credit.ts';
import type { Deal, NewDeal } from './deal.ts';
import { book } from './ledger.ts';
import { expireUnpaid } from './move-deal.ts';
import { payAndDeliver, setDealService } from './pay-deal.ts';
import { placeOrder } from './place-order.ts';
import type { VoucherChoice } from './vouchers.ts';

/** 10:00 in the market. */
const now = Temporal.Instant.from('2026-03-01T02:00:00Z');
const march = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-03-31 23:59:59' };

describe('the billing actions', () => {
  let platform: TestPlatform;
  let operator: CallAction;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    operator = operatorCaller(platform);
  });
  afterAll(() => platform.close());

  const place = (tenant: bigint, order: NewDeal, at = now) =>
    platform.database.inTenant(tenant, (tx) => placeOrder(tx, tenant, order, at));
  const pay = (
    tenant: bigint,
    { orderId }: Deal,
    { at = now, vouchers }: { at?: Temporal.Instant; vouchers?: VoucherChoice } = {},
  ) =>
    platform.database.inTenant(tenant, (tx) =>
      payAndDeliver({ tx, tenant, now: at }, { orderId }, vouchers ?? {}, () =>
        setDealService(tx, tenant, orderId, { from: at, until: at.add({ hours: 24 * 92 }) }),
      ),
    );
  const buy = async (tenant: bigint, cents: bigint, more: Partial<NewDeal> = {}, at = now) =>
    pay(tenant, await place(tenant, orderOf(tenant, cents, more), at), { at });

  describe('of the operator', () => {
    it('add money, granted credit and vouchers', async () => {
      const tenant = await walletTenant(platform);
      const Uin = String(tenant);
      expect(await operator('TopUpAccount', { Uin, Amount: '10000.00' })).toEqual({
        Uin,
        TransactionId: expect.stringMatching(/^\d+$/),
        Balance: '10000.00',
      });
      expect(await operator('TopUpAccount', { Uin, Amount: '0.5', Kind: 'credit' })).toMatchObject({
        Balance: '10000.50',
      });
      const request = { Uin, Amount: '20', EndTime: '2026-04-01 00:00:00', SubProductCodes: ['sp_tcss_image_scan'] };
      expect(await operator('GrantVoucher', request)).toEqual({ Uin, VoucherId: expect.stringMatching(/^vch-/) });
      expect(await actionCaller(platform, tenant)('DescribeAccountBalance')).toEqual({
        Uin: Number(tenant),
        Balance: 1_000_050,
        RealBalance: 1_000_050,
        CashAccountBalance: 1_000_000,
        IncomeIntoAccountBalance: 0,
        PresentAccountBalance: 50,
        FreezeAmount: 0,
        OweAmount: 0,
        IsAllowArrears: true,
        IsCreditLimited: true,
        CreditAmount: 0,
        CreditBalance: 1_000_050,
        RealCreditBalance: 1_000_050,
        TempCredit: 0,
        TempAmountInfoList: [],
      });
    });

    it('do it once under one key, at the same moment too, and refuse the key for something else', async () => {
      const tenant = await walletTenant(platform);
      const top = { Uin: String(tenant), Amount: '1.00', IdempotencyKey: 'k' };
      const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => operator('TopUpAccount', top)));
      for (const other of others) expect(other).toEqual(first);
      expect(first).toMatchObject({ Balance: '1.00' });
      const grant = { ...top, EndTime: '2026-04-01 00:00:00' };
      expect(await operator('GrantVoucher', grant)).toEqual(await operator('GrantVoucher', grant));
      const codes = await Promise.all([
        errorCode(operator('TopUpAccount', { ...top, Amount: '1.01' })),
        errorCode(operator('TopUpAccount', { ...top, Kind: 'credit' })),
        errorCode(operator('GrantVoucher', { ...grant, Amount: '2.00' })),
      ]);
      expect(codes).toEqual(codes.map(() => 'InvalidParameter.IdempotencyKeyReused'));
    });

    it.each(['', '0', '0.00', '-1', '1.001', '1e3', '10000001', '99999999999999999999', ' 1', '１', 'NaN', 1, 1.5])(
      'refuse the amount %o',
      async (Amount) => {
        const Uin = String(await walletTenant(platform));
        expect(await errorCode(operator('TopUpAccount', { Uin, Amount }))).toMatch(/^InvalidParameter/);
        const EndTime = '2026-04-01 00:00:00';
        expect(await errorCode(operator('GrantVoucher', { Uin, Amount, EndTime }))).toMatch(/^InvalidParameter/);
      },
    );

    it.each([
      [{ EndTime: '2026-03-01 10:00:00' }],
      [{ EndTime: '2026-02-30 10:00:00' }],
      [{ EndTime: '2026-04-01 00:00:00', BeginTime: '2026-04-01 00:00:00' }],
      [{ EndTime: '2026-04-01 00:00:00', SubProductCodes: ['sp_other'] }],
    ])('refuse a voucher with %o', async (term) => {
      const Uin = String(await walletTenant(platform));
      expect(await errorCode(operator('GrantVoucher', { Uin, Amount: '1', ...term }))).toMatch(
        /^InvalidParameterValue/,
      );
    });

    it('know only accounts that there are, and are not for tenants', async () => {
      const tenant = await walletTenant(platform);
      const call = (Uin: string) => ({ Uin, Amount: '1.00' });
      expect(await errorCode(operator('TopUpAccount', call('999999999999')))).toBe('ResourceNotFound.Account');
      const own = actionCaller(platform, tenant)('TopUpAccount', call(String(tenant)));
      expect(await errorCode(own)).toBe('AuthFailure.UnauthorizedOperation');
    });

    it('settle a debt first, from credit and cash', async () => {
      const tenant = await walletTenant(platform);
      const entries = [
        { account: 'receivable', cents: -1000n },
        { account: 'revenue/elastic-cores', cents: 1000n },
      ] as const;
      await platform.database.inTenant(tenant, (tx) =>
        book(tx, tenant, { kind: 'charge', reference: 'day', idempotencyKey: 'day', entries }, now),
      );
      const call = actionCaller(platform, tenant);
      expect(await call('DescribeAccountBalance')).toMatchObject({ RealBalance: -1000, OweAmount: 1000 });
      const Uin = String(tenant);
      expect(await operator('TopUpAccount', { Uin, Amount: '4.00' })).toMatchObject({ Balance: '-6.00' });
      expect(await operator('TopUpAccount', { Uin, Amount: '7.00', Kind: 'credit' })).toMatchObject({
        Balance: '1.00',
      });
      expect(await call('DescribeAccountBalance')).toMatchObject({
        RealBalance: 100,
        CashAccountBalance: 0,
        PresentAccountBalance: 100,
        OweAmount: 0,
      });
      const flow = await call('DescribeBillList', { ...march, Offset: 0, Limit: 10 });
      expect(flow).toMatchObject({ Total: 3, RechargeAmount: 1100, DeductAmount: 1000 });
      expect(flow['TransactionList']).toMatchObject([
        { ActionType: 'recharge', Amount: 700, Balance: 100 },
        { ActionType: 'recharge', Amount: 400, Balance: -600 },
        { ActionType: 'deduct', Amount: -1000, Balance: -1000, DeductMode: 'hourd' },
      ]);
    });
  });

  describe('for orders', () => {
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
      const { orderId, bigDealId } = await buy(tenant, 0n, { lines });
      await buy(tenant, 100n);
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
      const first = await buy(tenant, 1n, { instanceId: 'tcss-a' });
      const second = await buy(tenant, 1n, { instanceId: 'tcss-b' }, at(1));
      const unpaid = await place(tenant, orderOf(tenant, 1n), at(2));
      const expired = await place(tenant, orderOf(tenant, 1n), at(3));
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
      const [one, two] = [await place(tenant, orderOf(tenant, 100n)), await place(tenant, orderOf(tenant, 100n))];
      const paid = await buy(tenant, 10n);
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

    it('pay only for a verified account', async () => {
      const { uin } = await platform.database.inSystem('test', (tx) =>
        createAccount(tx, { email: 'unverified-payer@example.com', verified: false }, now),
      );
      const code = errorCode(actionCaller(platform, uin)('PayDeals', { OrderIds: ['x'] }));
      expect(await code).toBe('UnauthorizedOperation.NotCertification');
    });
  });

  describe('for bills', () => {
    it('tell each movement of the balance, with what was there after it', async () => {
      const tenant = await walletTenant(platform, 10_000n);
      const call = actionCaller(platform, tenant);
      await platform.database.inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'credit', cents: 500n }, now));
      const { orderId } = await buy(tenant, 2000n, {}, now.add({ hours: 1 }));
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
      await pay(tenant, await place(tenant, orderOf(tenant, 100n)), { vouchers: { auto: true } });
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
      const { orderId } = await pay(tenant, await place(tenant, order), { vouchers: { auto: true } });
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
      await buy(tenant, 1n, { instanceId: 'tcss-a' }, lastOfMarch);
      await buy(tenant, 2n, { instanceId: 'tcss-b', action: 'upgrade' }, lastOfMarch.add({ seconds: 1 }));
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
      await buy(tenant, 100n);
      await buy(tenant, 234n);
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

  it('list vouchers in their own unit, by state, product and time', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const Uin = String(tenant);
    const grant = async (Amount: string, more: Record<string, unknown>) =>
      String((await operator('GrantVoucher', { Uin, Amount, ...more }))['VoucherId']);
    const used = await grant('1.00', { EndTime: '2026-04-01 00:00:00' });
    const fresh = await grant('2.50', { EndTime: '2026-05-01 00:00:00', SubProductCodes: ['sp_tcss_image_scan'] });
    await pay(tenant, await place(tenant, orderOf(tenant, 100n)), { vouchers: { ids: [used] } });
    const call = actionCaller(platform, tenant);
    const list = (more: Record<string, unknown> = {}) => call('DescribeVoucherInfo', { Limit: 20, Offset: 1, ...more });
    const ids = async (more: Record<string, unknown>) =>
      ((await list(more))['VoucherInfos'] as { VoucherId: string }[]).map(({ VoucherId }) => VoucherId);
    expect(await list({ Status: 'unUsed' })).toEqual({
      TotalCount: 1,
      TotalBalance: 250_000_000,
      Unit: 'micro',
      VoucherInfos: [
        {
          OwnerUin: Uin,
          Status: 'unUsed',
          NominalValue: 250_000_000,
          Balance: 250_000_000,
          VoucherId: fresh,
          PayMode: '*',
          PayScene: '*',
          BeginTime: '2026-03-01',
          EndTime: '2026-05-01',
          ApplicableProducts: { GoodsName: 'sp_tcss_image_scan', PayMode: '*' },
          ExcludedProducts: [],
          PolicyRemark: '',
          CreateTime: '2026-03-01 10:00:00',
        },
      ],
    });
    expect(await ids({ Status: 'used' })).toEqual([used]);
    expect(await ids({ SortField: 'EndTime' })).toEqual([fresh, used]);
    expect(await ids({ SortField: 'EndTime', SortOrder: 'asc', Limit: 1, Offset: 2 })).toEqual([fresh]);
    expect(await ids({ VoucherId: used })).toEqual([used]);
    expect(await ids({ EndTimeFrom: '2026-04-02', EndTimeTo: '2026-05-01' })).toEqual([fresh]);
    expect(await ids({ EndTimeTo: '2026-03-31' })).toEqual([]);
    expect(await ids({ CreateTimeFrom: '2026-03-02' })).toEqual([]);
    expect(await ids({ ProductCode: 'p_cvm' })).toEqual([]);
    expect(await ids({ VoucherMainType: 'has_price' })).toEqual([]);
    expect(await errorCode(list({ Offset: 0 }))).toMatch(/^InvalidParameterValue/);
  });

  it('keep the warning of a low balance', async () => {
    const call = actionCaller(platform, await walletTenant(platform));
    expect(await call('DescribeAccountWarning')).toEqual({ Threshold: '0', Open: '0' });
    expect(await call('ModifyAccountWarning', { Threshold: 5000, Open: 1 })).toEqual({ Threshold: '5000', Open: '1' });
    expect(await call('DescribeAccountWarning')).toEqual({ Threshold: '5000', Open: '1' });
    expect(await errorCode(call('ModifyAccountWarning', { Threshold: -1, Open: 1 }))).toMatch(/^InvalidParameterValue/);
    expect(await errorCode(call('ModifyAccountWarning', { Threshold: 1, Open: 2 }))).toMatch(/^InvalidParameterValue/);
    expect(await errorCode(call('ModifyAccountWarning', { Threshold: 0.5, Open: 1 }))).toMatch(/^InvalidParameter/);
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
