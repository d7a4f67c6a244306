import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { subProductCodes, type Product } from '../../catalog/index.ts';
import { licensedCoresAt } from '../licensed-cores.ts';
import { recordEnvironmentCores } from './refund-store.ts';

const orders = z.object({ OrderIdList: z.array(z.string()) });
const start = Temporal.Instant.from('2026-03-15T06:00:00Z');
let tokens = 0;

describe('refunding', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(start.toString());
  });
  afterAll(() => market.close());

  const balance = async (customer: Customer) =>
    z.object({ RealBalance: z.number() }).parse(await customer.call('DescribeAccountBalance')).RealBalance;
  const giveBack = (product: Product, InstanceId: string) => ({
    ClientToken: `refund-${++tokens}`,
    ProductCode: 'p_tcss',
    SubProductCode: subProductCodes[product],
    InstanceId,
    RegionCode: 'r',
  });
  const refundOf = async (customer: Customer, product: Product, id: string) =>
    orders.parse(await customer.call('RefundInstance', giveBack(product, id))).OrderIdList;
  const status = async (customer: Customer, OrderId: string | undefined) => {
    const range = { StartTime: '2026-03-14 00:00:00', EndTime: '2026-08-01 00:00:00', Offset: 0, Limit: 1 };
    const answer = await customer.call('DescribeDealsByCond', { ...range, OrderId, StatusSet: [4, 6, 7, 13] });
    return z.object({ Deals: z.array(z.object({ Status: z.int() })) }).parse(answer).Deals[0]?.Status;
  };
  const booksAreZero = (customer: Customer) =>
    market.database.inTenant(customer.tenant, async (tx) => {
      const rows = await tx
        .withTables<{ ledger_balances: { tenant_id: bigint; cents: bigint } }>()
        .selectFrom('ledger_balances')
        .select('cents')
        .execute();
      expect(rows.reduce((sum, { cents }) => sum + cents, 0n)).toBe(0n);
    });
  const observe = (customer: Customer, at: Temporal.Instant, cores: bigint) =>
    market.database.inTenant(customer.tenant, (tx) => recordEnvironmentCores(tx, customer.tenant, { at, cores }));
  const decide = (customer: Customer, OrderId: string | undefined, Decision: string) =>
    operatorCaller(market)('DecideRefund', { Uin: String(customer.tenant), OrderId, Decision });

  it('grants all of the first order at once, and ends image scan by its own rule', async () => {
    const customer = await market.customer(10_000);
    const id = await customer.buy('professional', { cores: 100 });
    await customer.buy('image-scan', { scansPerMonth: 300 });
    expect(await balance(customer)).toBe(1_000_000 - 900_000 - 27_000);
    const inquiry = { Action: 'refund', SubProductCode: 'sp_tcss_professional', InstanceId: id };
    expect(await customer.call('InquirePrice', inquiry)).toMatchObject({ RealTotalCost: '9270.00', QuoteId: '' });
    const ids = await refundOf(customer, 'professional', id);
    expect(ids).toHaveLength(2);
    expect(await Promise.all(ids.map((order) => status(customer, order)))).toEqual([6, 6]);
    expect(await balance(customer)).toBe(1_000_000);
    expect(await customer.call('DescribeRenewInstances', { MaxResults: 1, InstanceIdList: [id] })).toMatchObject({
      InstanceList: [],
    });
    expect((await customer.events()).map(([type]) => type)).toEqual([
      'purchased',
      'purchased',
      'pack-uses-asked',
      'pack-uses-asked',
      'destroyed',
      'destroyed',
      'refunded',
      'refunded',
    ]);
    await booksAreZero(customer);
    // Not a second time, and a second purchase is not the first order.
    expect(await errorCode(refundOf(customer, 'professional', id))).toBe('FailedOperation.NotAllowToRefund');
    const second = await customer.buy('professional', { cores: 100 });
    expect(await errorCode(refundOf(customer, 'professional', second))).toBe('FailedOperation.NotAllowToRefund');
  });

  it('answers a token again as it was answered first, without a second refund', async () => {
    const customer = await market.customer(1_000);
    const id = await customer.buy('professional', { cores: 10 });
    await customer.buy('image-scan', { scansPerMonth: 300 }, { Period: 1 });
    const request = giveBack('professional', id);
    const first = orders.parse(await customer.call('RefundInstance', request)).OrderIdList;
    expect(first).toHaveLength(2);
    expect(orders.parse(await customer.call('RefundInstance', request)).OrderIdList).toEqual(first);
    expect(await balance(customer)).toBe(100_000);
  });

  it('closes what was asked of image scan when that ends with the professional edition', async () => {
    const customer = await market.customer(1_000);
    const id = await customer.buy('professional', { cores: 1 });
    const scans = await customer.buy('image-scan', { scansPerMonth: 300 });
    const [waiting] = await refundOf(customer, 'image-scan', scans);
    expect(await status(customer, waiting)).toBe(13);
    const [whole, ended] = await refundOf(customer, 'professional', id);
    expect(await Promise.all([whole, ended, waiting].map((order) => status(customer, order)))).toEqual([6, 6, 7]);
    expect(await errorCode(decide(customer, waiting, 'approve'))).toBe('FailedOperation.InvalidDeal');
    expect(await balance(customer)).toBe(100_000);
    expect((await customer.events()).map(([type]) => type)).toContain('refund-rejected');
    expect(await operatorCaller(market)('DescribeRefundRequests', { Uin: String(customer.tenant) })).toEqual({
      List: [],
    });
    await booksAreZero(customer);
  });

  it('lets logs wait for the operator, who rejects or grants them', async () => {
    const customer = await market.customer(1_000);
    const id = await customer.buy('log-analysis', { capacityGB: 30 });
    const ask = async (fields: object) =>
      orders.parse(await customer.call('CreateRefundRequest', { InstanceId: id, Reason: 'smaller now', ...fields }))
        .OrderIdList[0];
    const rejected = await ask({ CapacityGB: 20 });
    expect(await status(customer, rejected)).toBe(13);
    expect(await errorCode(ask({ CapacityGB: 10 }))).toBe('InvalidParameter.ResourceLocked');
    await decide(customer, rejected, 'reject');
    expect(await status(customer, rejected)).toBe(7);
    expect(await balance(customer)).toBe(91_000);
    const granted = await ask({ CapacityGB: 20 });
    await decide(customer, granted, 'approve');
    expect(await status(customer, granted)).toBe(6);
    expect(await errorCode(decide(customer, granted, 'approve'))).toBe('FailedOperation.InvalidDeal');
    expect(await balance(customer)).toBe(91_000 + 6_000);
    expect(await errorCode(ask({ CapacityGB: 10 }))).toBe('FailedOperation.NotAllowToRefund');
    // What is left goes back as a whole, and no more than was paid.
    await decide(customer, await ask({}), 'approve');
    expect(await balance(customer)).toBe(100_000);
    await booksAreZero(customer);
  });

  it('gives money back the way it came; what vouchers had paid is lost', async () => {
    const customer = await market.customer(50);
    const operator = operatorCaller(market);
    const Uin = String(customer.tenant);
    await operator('TopUpAccount', { Uin, Amount: '10.00', Kind: 'credit' });
    const voucher = { Uin, Amount: '40.00', EndTime: '2027-01-01 00:00:00' };
    const { VoucherId } = z.object({ VoucherId: z.string() }).parse(await operator('GrantVoucher', voucher));
    const order = await customer.call('CreateOrder', {
      ClientToken: `order-${++tokens}`,
      ProductCode: 'p_tcss',
      SubProductCode: subProductCodes.professional,
      RegionCode: 'r',
      ZoneCode: 'z',
      PayMode: 'PrePay',
      Parameter: '{"cores":1}',
      Period: 3,
      PeriodUnit: 'm',
    });
    const { OrderId } = z.object({ OrderId: z.string() }).parse(order);
    const { ResourceIds } = await customer.call('PayDeals', { OrderIds: [OrderId], VoucherIds: [VoucherId] });
    const [id] = z.tuple([z.string()]).parse(ResourceIds);
    expect(await balance(customer)).toBe(1_000);
    await refundOf(customer, 'professional', id);
    expect(await customer.call('DescribeAccountBalance')).toMatchObject({
      RealBalance: 6_000,
      CashAccountBalance: 5_000,
      PresentAccountBalance: 1_000,
    });
    await booksAreZero(customer);
  });

  it('gives surplus cores back as far as the asset history shows destroyed hosts', async () => {
    const customer = await market.customer(10_000);
    const id = await customer.buy('professional', { cores: 100 });
    const ask = (Cores: number) => customer.call('CreateRefundRequest', { InstanceId: id, Reason: 'hosts', Cores });
    expect(await errorCode(ask(40))).toBe('FailedOperation.NotAllowToRefund');
    await observe(customer, start, 80n);
    expect(await errorCode(ask(20))).toBe('FailedOperation.NotAllowToRefund');
    await observe(customer, start.add({ seconds: 1 }), 40n);
    await market.advance(start.add({ hours: 24 * 31 }));
    expect(await errorCode(ask(41))).toBe('FailedOperation.NotAllowToRefund');
    const inquiry = { Action: 'refund', SubProductCode: 'sp_tcss_professional', InstanceId: id };
    const priced = await customer.call('InquirePrice', { ...inquiry, Parameter: '{"cores":40}' });
    expect(priced).toMatchObject({ RealTotalCost: '2400.00', Lines: [{ Quantity: 40, Months: '2' }] });
    const [order] = orders.parse(await ask(40)).OrderIdList;
    await decide(customer, order, 'approve');
    // Two of three months of 40 cores.
    expect(await balance(customer)).toBe(100_000 + 240_000);
    expect(await customer.call('DescribePurchaseStateInfo')).toMatchObject({ AuthorizedCoresCnt: 60 });
    const licensed = await market.database.inTenant(customer.tenant, async (tx) => {
      const relation = licensedCoresAt(start.add({ hours: 24 * 32 }));
      return (await sql<{ licensed: bigint }>`select licensed from ${relation} l`.execute(tx)).rows;
    });
    expect(licensed).toEqual([{ licensed: 60n }]);
    // Without a reason only within the first days.
    expect(await errorCode(refundOf(customer, 'professional', id))).toBe('FailedOperation.NotAllowToRefund');
    await booksAreZero(customer);
  });
});

describe('refunds that need no reason, where they are held back', () => {
  it('wait for the operator, and are granted by when they were asked', async () => {
    const market = await openMarket(start.toString(), () => true, { WHARFINGER_HOLD_NO_REASON_REFUNDS: '1' });
    try {
      const customer = await market.customer(1_000);
      const InstanceId = await customer.buy('professional', { cores: 10 });
      await market.advance(start.add({ hours: 5 * 24 }).subtract({ seconds: 1 }));
      const asked = await customer.call('CreateRefundRequest', { InstanceId, Reason: 'too large' });
      const [OrderId] = orders.parse(asked).OrderIdList;
      expect(await customer.call('DescribeRenewInstances', { MaxResults: 1 })).toMatchObject({
        InstanceList: [{ InstanceId }],
      });
      await market.advance(start.add({ hours: 6 * 24 }));
      const operator = operatorCaller(market);
      const Uin = String(customer.tenant);
      expect(await operator('DescribeRefundRequests', {})).toMatchObject({
        List: [{ Uin, OrderId, Ground: 'no-reason', DecidedTime: '' }],
      });
      expect(await operator('DecideRefund', { Uin, OrderId, Decision: 'approve' })).toMatchObject({ Status: 6 });
      expect(await customer.call('DescribeAccountBalance')).toMatchObject({ RealBalance: 100_000 });
    } finally {
      await market.close();
    }
  });
});
