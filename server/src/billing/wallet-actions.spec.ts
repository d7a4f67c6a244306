import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, operatorCaller, type CallAction } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { testOrders, type TestOrders } from '../../../tests/support/test-orders.ts';
import { orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import { book } from './ledger.ts';

/** 10:00 in the market. */
const now = Temporal.Instant.from('2026-03-01T02:00:00Z');
const march = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-03-31 23:59:59' };

describe('the actions on the wallet', () => {
  let platform: TestPlatform;
  let operator: CallAction;
  let orders: TestOrders;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    operator = operatorCaller(platform);
    orders = testOrders(platform, now);
  });
  afterAll(() => platform.close());

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

  it('list vouchers in their own unit, by state, product and time', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const Uin = String(tenant);
    const grant = async (Amount: string, more: Record<string, unknown>) =>
      String((await operator('GrantVoucher', { Uin, Amount, ...more }))['VoucherId']);
    const used = await grant('1.00', { EndTime: '2026-04-01 00:00:00' });
    const fresh = await grant('2.50', { EndTime: '2026-05-01 00:00:00', SubProductCodes: ['sp_tcss_image_scan'] });
    await orders.pay(tenant, await orders.place(tenant, orderOf(tenant, 100n)), { vouchers: { ids: [used] } });
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
