import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { builtInCatalog } from '../catalog/built-in.ts';
import { promotion } from '../catalog/fixtures/promotion.ts';

const start = Temporal.Instant.from('2026-01-31T14:00:00+08:00');
/** Of a month, bought at the start. */
const end = Temporal.Instant.from('2026-02-28T14:00:00+08:00');

describe('orders that are paid later', () => {
  let market: Market;
  beforeEach(async () => {
    market = await openMarket(start.toString());
    return () => market.close();
  });

  const publish = (changes: object) => {
    const { version: _, ...document } = builtInCatalog;
    return operatorCaller(market)('PublishCatalog', { Catalog: { ...document, ...changes } });
  };
  const logs = (customer: Customer) => customer.buy('log-analysis', { capacityGB: 10 }, { Period: 1 });
  const renewal = (InstanceId: string, more: object = {}) => ({
    ClientToken: randomUUID(),
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_log_analysis',
    RegionCode: 'r',
    InstanceId,
    Period: 2,
    PeriodUnit: 'm',
    ...more,
  });
  const purchase = (parameter: object) => ({
    ClientToken: randomUUID(),
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_log_analysis',
    RegionCode: 'r',
    ZoneCode: 'z',
    PayMode: 'PrePay',
    Parameter: JSON.stringify(parameter),
    Period: 1,
    PeriodUnit: 'm',
  });
  const orderRenewal = async (customer: Customer, request: Record<string, unknown>) =>
    z.tuple([z.string()]).parse((await customer.call('CreateRenewalOrder', request))['OrderIdList'])[0];
  const pay = (customer: Customer, id: string) => errorCode(customer.call('PayDeals', { OrderIds: [id] }));
  const cancel = (customer: Customer, OrderId: string) => customer.call('CancelOrder', { OrderId });
  const balance = async (customer: Customer) => (await customer.call('DescribeAccountBalance'))['RealBalance'];
  const expireTime = async (customer: Customer) => {
    const { InstanceList } = await customer.call('DescribeRenewInstances', { MaxResults: 1 });
    return z.array(z.object({ ExpireTime: z.string() })).parse(InstanceList)[0]?.ExpireTime;
  };
  const inquire = (InstanceId: string, more: object = {}) => ({
    Action: 'renew',
    SubProductCode: 'sp_tcss_log_analysis',
    InstanceId,
    Period: 2,
    ...more,
  });

  it('renew for the price that was told, whatever the catalogue says meanwhile', async () => {
    const customer = await market.customer(100);
    const id = await logs(customer);
    const { QuoteId, ...told } = await customer.call('InquirePrice', inquire(id));
    expect(told).toMatchObject({ Binds: true, RealTotalCost: '20.00' });
    await publish({ logAnalysis: { ...builtInCatalog.logAnalysis, unitPriceMicro: 2_000_000 } });
    expect(await customer.call('InquirePrice', inquire(id))).toMatchObject({ RealTotalCost: '40.00' });
    const Parameter = JSON.stringify({ quoteId: QuoteId });
    expect(await errorCode(orderRenewal(customer, renewal(id, { Parameter, Period: 3 })))).toBe(
      'InvalidParameter.QuoteMismatch',
    );
    const { QuoteId: second } = await customer.call('InquirePrice', inquire(id));
    const request = renewal(id, { Parameter: JSON.stringify({ quoteId: second }) });
    const order = await orderRenewal(customer, request);
    // The same call again is the same order, although the quote is used up.
    expect(await orderRenewal(customer, request)).toBe(order);
    expect(await balance(customer)).toBe(9_000);
    expect(await pay(customer, order)).toBe('OK');
    expect(await balance(customer)).toBe(5_000);
    expect(await expireTime(customer)).toBe('2026-04-30 14:00:00');
  });

  it('renew by a promotion code, which the inquiry knows as well', async () => {
    await publish({ promotions: [promotion({ id: 7, code: 'SPRING', percentOff: 50, actions: ['renew'], uses: 1 })] });
    const customer = await market.customer(100);
    const id = await logs(customer);
    const Parameter = '{"promotionCode":"SPRING"}';
    expect(await customer.call('InquirePrice', inquire(id, { Parameter }))).toMatchObject({
      OriginalCost: '20.00',
      RealTotalCost: '10.00',
    });
    const order = await orderRenewal(customer, renewal(id, { Parameter }));
    expect(await pay(customer, order)).toBe('OK');
    expect(await balance(customer)).toBe(8_000);
    expect(await errorCode(orderRenewal(customer, renewal(id, { Parameter })))).toBe('FailedOperation.PromotionUsedUp');
  });

  it.each([
    ['an amount', '{"capacityGB":20}', 'InvalidParameter'],
    ['an instance', '{"instanceId":"tcss-log-x"}', 'InvalidParameter'],
    ['an unknown code', '{"promotionCode":"NOPE"}', 'InvalidParameter.PromotionCode'],
    ['an unknown quote', '{"quoteId":"quote-x"}', 'InvalidParameter.QuoteExpired'],
    ['what is no JSON', 'SPRING', 'InvalidParameter'],
  ])('do not renew by %s', async (_, Parameter, code) => {
    const customer = await market.customer(100);
    const id = await logs(customer);
    expect(await errorCode(orderRenewal(customer, renewal(id, { Parameter })))).toBe(code);
  });

  it('renew until what they are for stops, and no more from then on', async () => {
    const customer = await market.customer(100);
    const id = await logs(customer);
    const stops = end.add({ hours: 5 * 24 });
    await market.advance(stops.subtract({ seconds: 1 }));
    const late = await orderRenewal(customer, renewal(id));
    await market.advance(stops);
    expect(await pay(customer, late)).toBe('FailedOperation.InvalidDeal');
    expect(await balance(customer)).toBe(9_000);
  });

  it('renew once, of two that were for the same end', async () => {
    const customer = await market.customer(100);
    const id = await logs(customer);
    const orders = [await orderRenewal(customer, renewal(id)), await orderRenewal(customer, renewal(id))];
    const codes = await Promise.all(orders.map((order) => pay(customer, order)));
    expect(codes.toSorted()).toEqual(['FailedOperation.InvalidDeal', 'OK']);
    expect(await balance(customer)).toBe(7_000);
    expect(await expireTime(customer)).toBe('2026-04-30 14:00:00');
  });

  it('are cancelled before they are paid, and give back their use of a promotion', async () => {
    await publish({ promotions: [promotion({ id: 7, code: 'ONCE', uses: 1 })] });
    const customer = await market.customer(100);
    const other = await market.customer(100);
    const request = purchase({ capacityGB: 10, promotionCode: 'ONCE' });
    const order = z.object({ OrderId: z.string() }).parse(await customer.call('CreateOrder', request)).OrderId;
    const again = () => errorCode(other.call('CreateInstance', { ...request, ClientToken: randomUUID() }));
    expect(await again()).toBe('FailedOperation.PromotionUsedUp');
    expect(await errorCode(cancel(other, order))).toBe('FailedOperation.InvalidDeal');
    expect(await cancel(customer, order)).toEqual(expect.objectContaining({ OrderId: order, Status: 7 }));
    expect(await pay(customer, order)).toBe('FailedOperation.InvalidDeal');
    expect(await errorCode(cancel(customer, order))).toBe('FailedOperation.InvalidDeal');
    expect(await again()).toBe('OK');
    expect(await balance(customer)).toBe(10_000);
    // It does not expire a day later as well.
    await market.advance(start.add({ hours: 25 }));
    const range = { StartTime: '2026-01-31 00:00:00', EndTime: '2026-02-03 00:00:00', Limit: 10 };
    expect(await customer.call('DescribeDealsByCond', { ...range, StatusSet: [1, 7, 8] })).toMatchObject({
      Deals: [{ OrderId: order, Status: 7 }],
    });
  });

  it('are not cancelled once they were paid or have expired', async () => {
    const customer = await market.customer(100);
    const place = async () =>
      z.object({ OrderId: z.string() }).parse(await customer.call('CreateOrder', purchase({ capacityGB: 10 }))).OrderId;
    const expired = await place();
    const paid = await place();
    expect(await pay(customer, paid)).toBe('OK');
    expect(await errorCode(cancel(customer, paid))).toBe('FailedOperation.InvalidDeal');
    await market.advance(start.add({ hours: 24 }));
    expect(await errorCode(cancel(customer, expired))).toBe('FailedOperation.InvalidDeal');
  });

  it('leave the last use of a promotion to one of two customers who pay at the same moment', async () => {
    await publish({ promotions: [promotion({ id: 7, code: 'LAST', percentOff: 50, uses: 1 })] });
    const customers = await Promise.all([market.customer(100), market.customer(100), market.customer(100)]);
    const codes = await Promise.all(
      customers.map(({ call }) =>
        errorCode(call('CreateInstance', purchase({ capacityGB: 10, promotionCode: 'LAST' }))),
      ),
    );
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
    expect(codes.filter((code) => code === 'FailedOperation.PromotionUsedUp')).toHaveLength(2);
    const balances = await Promise.all(customers.map(balance));
    expect(balances.filter((cents) => cents === 10_000)).toHaveLength(2);
    expect(balances.filter((cents) => cents === 9_500)).toHaveLength(1);
  });
});
