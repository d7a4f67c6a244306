import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, operatorCaller, type CallAction } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { readParkings } from './park-store.ts';

const purchase = {
  ProductCode: 'p_tcss',
  SubProductCode: 'sp_tcss_professional',
  RegionCode: 'r',
  ZoneCode: 'z',
  PayMode: 'PrePay',
  Parameter: '{"cores":1}',
  Period: 3,
  PeriodUnit: 'm',
};

describe('a parked account', () => {
  let market: Market;
  let operator: CallAction;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T10:00:00+08:00');
    operator = operatorCaller(market);
  });
  afterAll(() => market.close());

  const park = (customer: Customer, Reason = 'a complaint') =>
    operator('ParkBilling', { Uin: String(customer.tenant), Reason });
  const unpark = (customer: Customer) => operator('UnparkBilling', { Uin: String(customer.tenant), Note: 'looked at' });
  const balance = async (customer: Customer) => (await customer.call('DescribeAccountBalance'))['RealBalance'];

  it('pays for nothing: an order of its own says so, and keeps nothing', async () => {
    const customer = await market.customer(1_000);
    await park(customer);
    const order = { ClientToken: 'one', ...purchase };
    expect(await errorCode(customer.call('CreateInstance', order))).toBe('FailedOperation.BillingParked');
    expect(await balance(customer)).toBe(100_000);
    expect(await customer.events()).toEqual([]);
    // An order that waits is no charge; it is paid when charges are made again.
    const { OrderId } = await customer.call('CreateOrder', { ...order, ClientToken: 'two' });
    expect(await errorCode(customer.call('PayDeals', { OrderIds: [OrderId] }))).toBe('FailedOperation.BillingParked');
    await unpark(customer);
    expect(await errorCode(customer.call('PayDeals', { OrderIds: [OrderId] }))).toBe('OK');
    expect(await balance(customer)).toBe(91_000);
  });

  it('is told an order again that it had paid before', async () => {
    const customer = await market.customer(1_000);
    const order = { ClientToken: 'paid', ...purchase };
    const paid = await customer.call('CreateInstance', order);
    await park(customer);
    expect(await customer.call('CreateInstance', order)).toEqual(paid);
  });

  it('can be topped up and be given back what it paid', async () => {
    const customer = await market.customer(1_000);
    const instance = await customer.buy('professional', { cores: 1 });
    await park(customer);
    await customer.topUp(5);
    expect(await errorCode(customer.call('CreateRefundRequest', { InstanceId: instance, Reason: 'x' }))).toBe('OK');
    expect(await balance(customer)).toBe(100_500);
  });

  it('is parked once and unparked once, and is shown while it is', async () => {
    const [one, two] = [await market.customer(0), await market.customer(0)];
    const before = (await operator('DescribeParkedAccounts'))['TotalCount'];
    await park(one, 'prüfen 请核对');
    await park(two);
    expect(await errorCode(park(one))).toBe('FailedOperation.BillingParked');
    const { TotalCount, List } = await operator('DescribeParkedAccounts', { Offset: before, Limit: 1 });
    expect(TotalCount).toBe(Number(before) + 2);
    expect(List).toEqual([
      {
        Uin: String(one.tenant),
        ParkedTime: '2026-03-01T02:00:00Z',
        ParkedBy: 'operator',
        Reason: 'prüfen 请核对',
      },
    ]);
    await unpark(one);
    expect(await errorCode(unpark(one))).toBe('FailedOperation.BillingNotParked');
    await unpark(two);
    expect((await operator('DescribeParkedAccounts'))['TotalCount']).toBe(before);
  });

  it('is parked once by many at once', async () => {
    const customer = await market.customer(0);
    const codes = await Promise.all(Array.from({ length: 8 }, () => errorCode(park(customer))));
    expect(codes.toSorted()).toEqual([...Array<string>(7).fill('FailedOperation.BillingParked'), 'OK']);
  });

  it('has no order paid that crosses the park: it is paid before, or refused', async () => {
    const customer = await market.customer(1_000);
    const orders = Array.from({ length: 6 }, (_, index) =>
      errorCode(
        customer.call('CreateInstance', {
          ClientToken: `crossing-${index}`,
          ...purchase,
          SubProductCode: 'sp_tcss_log_analysis',
          Parameter: '{"capacityGB":10}',
        }),
      ),
    );
    const [parked, ...codes] = await Promise.all([errorCode(park(customer)), ...orders]);
    expect(parked).toBe('OK');
    const paid = codes.filter((code) => code === 'OK').length;
    expect(await balance(customer)).toBe(100_000 - paid * 3_000);
    expect((await balance(customer)) as number).toBeGreaterThanOrEqual(97_000);
  });

  it.each([
    ['ParkBilling', { Uin: '999999999999', Reason: 'x' }, 'ResourceNotFound.Account'],
    ['ParkBilling', { Uin: '1', Reason: 'x' }, 'InvalidParameterValue'],
    ['ParkBilling', { Uin: '100000000000' }, 'MissingParameter'],
    ['ParkBilling', { Uin: '100000000000', Reason: '' }, 'InvalidParameterValue.LengthLimit'],
    ['ParkBilling', { Uin: '100000000000', Reason: 'x'.repeat(501) }, 'InvalidParameterValue.LengthLimit'],
    ['ParkBilling', { Uin: '100000000000', Reason: 'two\nlines' }, 'InvalidParameterValue'],
    ['ParkBilling', { Uin: '100000000000', Reason: 'a\u0000' }, 'InvalidParameterValue'],
    ['UnparkBilling', { Uin: '999999999999' }, 'ResourceNotFound.Account'],
    ['UnparkBilling', { Uin: '100000000000', Note: 5 }, 'InvalidParameter'],
    ['DescribeParkedAccounts', { Limit: 0 }, 'InvalidParameterValue.DataRange'],
    ['DescribeParkedAccounts', { Offset: -1 }, 'InvalidParameterValue.DataRange'],
  ])('%s with %j: %s', async (action, request, code) => {
    expect(await errorCode(operator(action, request))).toBe(code);
  });

  it('neither parks nor unparks itself', async () => {
    const customer = await market.customer(0);
    for (const action of ['ParkBilling', 'UnparkBilling', 'DescribeParkedAccounts']) {
      expect(await errorCode(customer.call(action))).toBe('AuthFailure.UnauthorizedOperation');
    }
    const { tenant } = customer;
    const parking = await market.database.inTenant(tenant, (tx) => readParkings(tx, [tenant]));
    expect(parking(tenant)).toEqual({ parked: false, clearedUntil: undefined });
  });
});
