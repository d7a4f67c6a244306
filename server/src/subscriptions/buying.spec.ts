import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode } from '../../../tests/support/call-action.ts';
import { createAccount } from '../accounts/index.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';

let token = 0;

const codes = {
  professional: 'sp_tcss_professional',
  scan: 'sp_tcss_image_scan',
  logs: 'sp_tcss_log_analysis',
} as const;

/** Fields of `CreateInstance`. */
function purchase(product: keyof typeof codes, parameter: object, more: Record<string, unknown> = {}) {
  return {
    ClientToken: `token-${++token}`,
    ProductCode: 'p_tcss',
    SubProductCode: codes[product],
    RegionCode: 'ap-guangzhou',
    ZoneCode: 'ap-guangzhou-1',
    PayMode: 'PrePay',
    Parameter: JSON.stringify(parameter),
    ...more,
  };
}

const months = (Period: number) => ({ Period, PeriodUnit: 'm' });

describe('buying', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-01-31T14:00:00+08:00');
  });
  afterAll(() => market.close());

  const buy = async (customer: Customer, ...fields: Parameters<typeof purchase>): Promise<string> => {
    const { InstanceIdList } = (await customer.call('CreateInstance', purchase(...fields))) as {
      InstanceIdList: string[];
    };
    return InstanceIdList[0] ?? '';
  };
  const balance = async (customer: Customer) =>
    ((await customer.call('DescribeAccountBalance')) as { RealBalance: number }).RealBalance;

  it('charges the whole term at once and keeps the anchor’s day', async () => {
    const customer = await market.customer(10_000);
    const id = await buy(customer, 'professional', { cores: 100 }, months(3));
    expect(await balance(customer)).toBe(100_000);
    expect(await customer.call('DescribePurchaseStateInfo')).toMatchObject({
      State: 3,
      SubState: 'NORMAL',
      AuthorizedCoresCnt: 100,
      CoresCnt: 100,
      AllCoresCnt: 100,
      FlexibleCoresLimit: 5000,
      BeginTime: '2026-01-31 14:00:00',
      ExpirationTime: '2026-04-30 14:00:00',
      AutomaticRenewal: 0,
    });
    expect(await customer.call('DescribeRenewInstances', { MaxResults: 1, InstanceIdList: [id] })).toMatchObject({
      InstanceList: [
        {
          InstanceId: id,
          ProductCode: 'p_tcss',
          SubProductCode: 'sp_tcss_professional',
          RegionCode: 'ap-guangzhou',
          Status: 'NORMAL',
          RenewFlag: 'NOTIFY_AND_MANUAL_RENEW',
          RenewPeriodUnit: 'm',
          ExpireTime: '2026-04-30 14:00:00',
        },
      ],
    });
  });

  it('without the money keeps nothing', async () => {
    const customer = await market.customer(8_999);
    expect(await errorCode(customer.call('CreateInstance', purchase('professional', { cores: 100 }, months(3))))).toBe(
      'FailedOperation.BalanceInsufficient',
    );
    expect(await balance(customer)).toBe(899_900);
    expect(await customer.call('DescribeRenewInstances', { MaxResults: 9 })).toMatchObject({ InstanceList: [] });
    expect(await customer.events()).toEqual([]);
  });

  it('answers a token again, and refuses it for something else', async () => {
    const customer = await market.customer(10_000);
    const fields = purchase('professional', { cores: 10 }, months(3));
    const answers = await Promise.all([1, 2, 3, 4].map(() => customer.call('CreateInstance', fields)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await balance(customer)).toBe(1_000_000 - 90_000);
    expect(await errorCode(customer.call('CreateInstance', { ...fields, Parameter: '{"cores":11}' }))).toBe(
      'InvalidParameter.ClientTokenReused',
    );
  });

  it.each([
    ['a quantity of two', 'professional', { cores: 1 }, { Quantity: 2, ...months(3) }, 'InvalidParameterValue'],
    ['no amount', 'professional', {}, months(3), 'InvalidParameter.Quantity'],
    ['no cores', 'professional', { cores: 0 }, months(3), 'InvalidParameter.Quantity'],
    ['half a core', 'professional', { cores: 1.5 }, months(3), 'InvalidParameter'],
    ['cores below zero', 'professional', { cores: -5 }, months(3), 'InvalidParameter.Quantity'],
    ['too many cores', 'professional', { cores: 9_007_199_254_740_991 }, months(3), 'InvalidParameter.Quantity'],
    ['two months', 'professional', { cores: 1 }, months(2), 'InvalidParameter.Period'],
    ['no term', 'professional', { cores: 1 }, {}, 'InvalidParameter.Period'],
    ['more than three years', 'professional', { cores: 1 }, { Period: 4, PeriodUnit: 'y' }, 'InvalidParameter.Period'],
    ['a term in weeks', 'professional', { cores: 1 }, { Period: 4, PeriodUnit: 'w' }, 'InvalidParameterValue'],
    ['a term below zero', 'professional', { cores: 1 }, months(-3), 'InvalidParameter.Period'],
    ['a small elastic cap', 'professional', { cores: 1, elasticCap: 4999 }, months(3), 'InvalidParameter.ElasticCap'],
    ['a scope without assets', 'professional', { cores: 1, scope: 'chosen' }, months(3), 'InvalidParameter'],
    ['what it does not know', 'professional', { cores: 1, colour: 'red' }, months(3), 'InvalidParameter'],
    [
      'an unknown code',
      'professional',
      { cores: 1, promotionCode: 'NOPE' },
      months(3),
      'InvalidParameter.PromotionCode',
    ],
    ['an unknown quote', 'professional', { cores: 1, quoteId: 'x' }, months(3), 'InvalidParameter.QuoteExpired'],
    [
      'another’s instance',
      'professional',
      { cores: 1, instanceId: 'tcss-x' },
      months(3),
      'InvalidParameterValue.DataNotFound',
    ],
    ['scans without the edition', 'scan', { scansPerMonth: 300 }, {}, 'FailedOperation.NeedsProfessionalEdition'],
    ['odd scans', 'scan', { scansPerMonth: 301 }, {}, 'InvalidParameter.Quantity'],
    ['odd gigabytes', 'logs', { capacityGB: 15 }, months(1), 'InvalidParameter.Quantity'],
    ['logs alone', 'logs', { capacityGB: 10 }, months(1), 'OK'],
  ] as const)('%s: %s %j', async (_, product, parameter, more, code) => {
    const customer = await market.customer(10_000);
    expect(await errorCode(customer.call('CreateInstance', purchase(product, parameter, more)))).toBe(code);
  });

  it('lets one of many orders at once make the instance, and none of them cost more', async () => {
    const customer = await market.customer(10_000);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        errorCode(customer.call('CreateInstance', purchase('professional', { cores: 1 }, months(3)))),
      ),
    );
    expect(answers.toSorted()).toEqual([...Array.from({ length: 11 }, () => 'FailedOperation.AlreadyPurchased'), 'OK']);
    expect(await balance(customer)).toBe(1_000_000 - 9_000);
  });

  it('needs a verified account', async () => {
    const { uin } = await market.database.inSystem('test', async (tx) =>
      createAccount(tx, { email: 'unknown@example.com', verified: false }, await market.clock.now(tx)),
    );
    const call = actionCaller(market, uin);
    for (const action of ['CreateInstance', 'CreateOrder']) {
      expect(await errorCode(call(action, purchase('logs', { capacityGB: 10 }, months(1))))).toBe(
        'UnauthorizedOperation.NotCertification',
      );
    }
  });

  it('lets one of each product live at a time', async () => {
    const customer = await market.customer(10_000);
    await buy(customer, 'professional', { cores: 1 }, months(3));
    expect(await errorCode(customer.call('CreateInstance', purchase('professional', { cores: 1 }, months(3))))).toBe(
      'FailedOperation.AlreadyPurchased',
    );
    expect(await errorCode(customer.call('OpenTcssTrial'))).toBe('FailedOperation.TrialAfterPurchase');
  });
});

describe('more of what is there', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket('2026-01-31T14:00:00+08:00');
    customer = await market.customer(20_000);
  });
  afterAll(() => market.close());

  const balance = async () => ((await customer.call('DescribeAccountBalance')) as { RealBalance: number }).RealBalance;
  const buy = async (...fields: Parameters<typeof purchase>) =>
    ((await customer.call('CreateInstance', purchase(...fields))) as { InstanceIdList: string[] }).InstanceIdList;
  const spent = async (work: () => Promise<unknown>) => {
    const before = await balance();
    await work();
    return before - (await balance());
  };
  const scans = async () => {
    const { Capacity, PeriodStart, PeriodEnd } = await customer.call('DescribeImageScanUsage');
    return [Capacity, PeriodStart, PeriodEnd];
  };
  let professional = '';
  let scan = '';

  it('costs its share of the term, and ends with it', async () => {
    [professional = ''] = await buy('professional', { cores: 100 }, months(3));
    await market.advance(Temporal.Instant.from('2026-03-15T14:00:00+08:00'));
    // 16 of the 31 days to the next anniversary, and one month: 10 × 30.00 × 47/31.
    const more = { cores: 10, instanceId: professional };
    expect(await spent(async () => expect(await buy('professional', more)).toEqual([professional]))).toBe(45_484);
    expect(await customer.call('DescribePurchaseStateInfo')).toMatchObject({
      AuthorizedCoresCnt: 110,
      ExpirationTime: '2026-04-30 14:00:00',
    });
  });

  it('gives scans by the anniversary of each pack, the last month by its share', async () => {
    // A month, and 15 of 30 days before the professional edition ends: 300 × 0.30 × 45/30.
    expect(await spent(async () => ([scan = ''] = await buy('scan', { scansPerMonth: 300 })))).toBe(13_500);
    expect(await scans()).toEqual(['300', '2026-03-15 14:00:00', '2026-04-15 14:00:00']);
    await market.advance(Temporal.Instant.from('2026-03-20T09:00:00+08:00'));
    expect(await buy('scan', { scansPerMonth: 2000, instanceId: scan })).toEqual([scan]);
    expect(await scans()).toEqual(['2300', '2026-03-15 14:00:00', '2026-04-15 14:00:00']);
    await market.advance(Temporal.Instant.from('2026-04-15T13:59:59+08:00'));
    expect(await scans()).toEqual(['2300', '2026-03-15 14:00:00', '2026-04-15 14:00:00']);
    await market.advance(Temporal.Instant.from('2026-04-15T14:00:00+08:00'));
    expect(await scans()).toEqual(['2150', '2026-03-20 09:00:00', '2026-04-20 09:00:00']);
  });

  it('of logs costs the rest of their own term', async () => {
    const [logs = ''] = await buy('logs', { capacityGB: 100 }, months(2));
    await market.advance(Temporal.Instant.from('2026-04-20T14:00:00+08:00'));
    // 25 of 30 days, and a month: 20 × 1.00 × 55/30.
    expect(await spent(() => buy('logs', { capacityGB: 20, instanceId: logs }))).toBe(3_667);
    expect(await customer.call('DescribeSecLogVasInfo')).toMatchObject({
      BuyStatus: 'Normal',
      LogCapacity: 120,
      StartTime: '2026-04-15 14:00:00',
      EndTime: '2026-06-15 14:00:00',
    });
  });

  it('is refused once the term is over', async () => {
    await market.advance(Temporal.Instant.from('2026-04-30T14:00:00+08:00'));
    const more = purchase('professional', { cores: 1, instanceId: professional });
    expect(await errorCode(customer.call('CreateInstance', more))).toBe('FailedOperation.NotInForce');
    const scans = purchase('scan', { scansPerMonth: 300, instanceId: scan });
    expect(await errorCode(customer.call('CreateInstance', scans))).toBe('FailedOperation.NotInForce');
  });
});

describe('a price that was asked for', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-01-31T23:50:00+08:00');
  });
  afterAll(() => market.close());

  it('binds for 15 minutes, once, for the same order', async () => {
    const customer = await market.customer(10_000);
    const inquire = (request: Record<string, unknown>) =>
      customer.call('InquirePrice', { SubProductCode: codes.professional, ...request });
    const first = { Parameter: '{"cores":100}', ...months(3) };
    const quote = await inquire(first);
    expect(quote).toMatchObject({ OriginalCost: '9000.00', RealTotalCost: '9000.00' });
    expect(quote['Lines']).toMatchObject([
      { Product: 'professional', Quantity: 100, Months: '3', RealCost: '9000.00' },
    ]);
    const order = (parameter: object, more = months(3)) =>
      errorCode(customer.call('CreateInstance', purchase('professional', parameter, more)));
    expect(await order({ cores: 101, quoteId: quote['QuoteId'] })).toBe('InvalidParameter.QuoteMismatch');
    expect(await order({ cores: 100, quoteId: quote['QuoteId'] }, months(4))).toBe('InvalidParameter.QuoteMismatch');
    const late = await inquire(first);
    await market.advance(Temporal.Instant.from('2026-02-01T00:04:59+08:00'));
    expect(await order({ cores: 100, quoteId: quote['QuoteId'] })).toBe('OK');
    await market.advance(Temporal.Instant.from('2026-02-01T00:05:00+08:00'));
    expect(await order({ cores: 100, quoteId: late['QuoteId'] })).not.toBe('OK');
    expect(await order({ cores: 100, quoteId: quote['QuoteId'] })).not.toBe('OK');
  });

  it('is there for renewals and for more of an instance', async () => {
    const customer = await market.customer(10_000);
    const { InstanceIdList } = await customer.call('CreateInstance', purchase('logs', { capacityGB: 10 }, months(1)));
    const [InstanceId] = InstanceIdList as string[];
    const request = { SubProductCode: codes.logs, InstanceId };
    expect(await customer.call('InquirePrice', { ...request, Action: 'renew', ...months(2) })).toMatchObject({
      RealTotalCost: '20.00',
    });
    expect(
      await customer.call('InquirePrice', { ...request, Action: 'upgrade', Parameter: '{"capacityGB":20}' }),
    ).toMatchObject({ RealTotalCost: '20.00' });
    expect(await errorCode(customer.call('InquirePrice', { SubProductCode: codes.logs, Action: 'renew' }))).toBe(
      'MissingParameter',
    );
  });
});

describe('an order that waits for its payment', () => {
  it('counts from the payment on, and is refused when it was overtaken', async () => {
    const market = await openMarket('2026-01-31T14:00:00+08:00');
    try {
      const customer = await market.customer(10_000);
      const place = async (fields: ReturnType<typeof purchase>) =>
        (await customer.call('CreateOrder', fields)) as { OrderId: string; InstanceIdList: string[] };
      const pay = (order: { OrderId: string }) => errorCode(customer.call('PayDeals', { OrderIds: [order.OrderId] }));
      const one = await place(purchase('professional', { cores: 1 }, months(3)));
      const two = await place(purchase('professional', { cores: 2 }, months(3)));
      const late = await place(purchase('logs', { capacityGB: 10 }, months(1)));
      expect(await customer.call('DescribePurchaseStateInfo')).toMatchObject({ State: 0 });
      await market.advance(Temporal.Instant.from('2026-01-31T20:00:00+08:00'));
      expect(await pay(one)).toBe('OK');
      expect(await customer.call('DescribeProVersionInfo')).toMatchObject({
        ResourceId: one.InstanceIdList[0],
        StartTime: '2026-01-31 20:00:00',
        EndTime: '2026-04-30 20:00:00',
        BuyStatus: 'Normal',
        IsPurchased: true,
        MaxPostPayCoresCnt: 5000,
      });
      expect(await pay(one)).toBe('FailedOperation.InvalidDeal');
      expect(await pay(two)).toBe('FailedOperation.InvalidDeal');
      const more = await place(purchase('professional', { cores: 5, instanceId: one.InstanceIdList[0] }));
      const renew = { ...purchase('professional', {}, months(1)), InstanceId: one.InstanceIdList[0] };
      const { ZoneCode: _, PayMode: __, Parameter: ___, ...renewal } = renew;
      await customer.call('RenewInstance', renewal);
      expect(await pay(more)).toBe('FailedOperation.InvalidDeal');
      await market.advance(Temporal.Instant.from('2026-02-01T14:00:00+08:00'));
      expect(await pay(late)).toBe('FailedOperation.InvalidDeal');
    } finally {
      await market.close();
    }
  });
});
