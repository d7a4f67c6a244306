import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { codeOf } from './support/official-sdk.ts';
import { openStory, type Story } from './support/story.ts';

const huge = 2 ** 63;

/** What clients send by mistake or on purpose: each is a clear error, and nothing of it is kept. */
describe('orders that make no sense', () => {
  let story: Story;
  let buyer: Buyer;
  let other: Buyer;
  let edition = '';
  let logs = '';
  let othersLogs = '';
  beforeAll(async () => {
    story = await openStory('2027-12-31T23:59:59');
    [buyer, other] = await Promise.all([story.buyer('10000.00'), story.buyer('1000.00')]);
    edition = await buyer.buy('professional', { cores: 10 }, { months: 3 });
    logs = await buyer.buy('logs', { capacityGB: 20 }, { months: 2 });
    othersLogs = await other.buy('logs', { capacityGB: 10 }, { months: 1 });
  });
  afterAll(() => story.close());

  const untouched = async () => {
    expect(await buyer.balance()).toBe(10_000 - 900 - 40);
    expect(await buyer.ends()).toEqual({
      professional: 'NORMAL 2028-03-31 23:59:59',
      logs: 'NORMAL 2028-02-29 23:59:59',
    });
    expect(await story.events(buyer)).toHaveLength(2);
  };
  const order = (changes: Record<string, unknown>) => ({
    ClientToken: randomUUID(),
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_log_analysis',
    RegionCode: 'ap-guangzhou',
    ZoneCode: 'ap-guangzhou-1',
    PayMode: 'PrePay',
    Parameter: JSON.stringify({ capacityGB: 10, instanceId: logs }),
    ...changes,
  });
  /** `CreateInstance` takes what the SDK's types forbid: it sends it as it is. */
  const create = (request: object) => codeOf(buyer.billing.request('CreateInstance', request));

  it.each<[string, unknown, RegExp]>([
    ['a float', 10.5, /^InvalidParameter/],
    ['a negative number', -10, /^InvalidParameter\.Quantity$/],
    ['zero', 0, /^InvalidParameter\.Quantity$/],
    ['a huge number', huge, /^InvalidParameter/],
    ['more than is sold', 10_000_010, /^InvalidParameter\.Quantity$/],
    ['an odd number', 15, /^InvalidParameter\.Quantity$/],
    ['a number in words', 'ten', /^InvalidParameter$/],
    ['a float as text', '10.0', /^InvalidParameter$/],
    ['an exponent', '1e1', /^InvalidParameter$/],
    ['nothing', null, /^InvalidParameter/],
    ['a list', [10], /^InvalidParameter$/],
    ['true', true, /^InvalidParameter$/],
  ])('are refused with %s as their quantity', async (_, capacityGB, code) => {
    expect(await create(order({ Parameter: JSON.stringify({ capacityGB, instanceId: logs }) }))).toMatch(code);
  });

  it.each<[string, string]>([
    ['no JSON', '{"capacityGB":10'],
    ['a list', '[10]'],
    ['a text', '"10"'],
    ['an amount twice', '{"capacityGB":10,"sv_yunjing_vas_la":10}'],
    ['an amount of another product', '{"cores":10}'],
    ['a prototype', '{"__proto__":{"capacityGB":10}}'],
    ['a null', 'null'],
  ])('are refused with %s as their Parameter', async (_, Parameter) => {
    expect(await create(order({ Parameter }))).toMatch(/^InvalidParameter/);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['two at once', { Quantity: 2 }, 'InvalidParameterValue'],
    ['a float of them', { Quantity: 1.5 }, 'InvalidParameter'],
    ['a term of half a month', { Period: 0.5, Parameter: '{"capacityGB":10}' }, 'InvalidParameter'],
    ['a term of no month', { Period: 0, Parameter: '{"capacityGB":10}' }, 'InvalidParameter.Period'],
    ['a term of minus one month', { Period: -1, Parameter: '{"capacityGB":10}' }, 'InvalidParameter.Period'],
    ['a term of 37 months', { Period: 37, Parameter: '{"capacityGB":10}' }, 'InvalidParameter.Period'],
    ['a term of four years', { Period: 4, PeriodUnit: 'y', Parameter: '{"capacityGB":10}' }, 'InvalidParameter.Period'],
    ['a huge term', { Period: huge, Parameter: '{"capacityGB":10}' }, 'InvalidParameter'],
    ['a term as text', { Period: '1', Parameter: '{"capacityGB":10}' }, 'InvalidParameter'],
    ['a term in weeks', { Period: 1, PeriodUnit: 'w' }, 'InvalidParameterValue'],
    ['another product', { ProductCode: 'p_cvm' }, 'InvalidParameter.ProductCode'],
    ['an unknown part of it', { SubProductCode: 'sp_tcss_free' }, 'InvalidParameter.SubProductCode'],
    ['a field that is not there', { Colour: 'red' }, 'UnknownParameter'],
    ['a token that is too long', { ClientToken: 'x'.repeat(65) }, 'InvalidParameterValue'],
    ['a token that is no ASCII', { ClientToken: '令牌' }, 'InvalidParameterValue'],
    ['payment afterwards', { PayMode: 'PostPay' }, 'InvalidParameterValue'],
  ])('are refused with %s', async (_, changes, code) => {
    expect(await create(order(changes))).toMatch(new RegExp(`^${code.replace('.', '\\.')}`));
  });

  it('do not reach what belongs to another', async () => {
    const theirs = JSON.stringify({ capacityGB: 10, instanceId: othersLogs });
    expect(await create(order({ Parameter: theirs }))).toBe('InvalidParameterValue.DataNotFound');
    expect(await codeOf(buyer.renew('logs', othersLogs))).toBe('InvalidParameterValue.DataNotFound');
    const refund = { InstanceId: othersLogs, Reason: 'mine now' };
    await expect(buyer.ours('CreateRefundRequest', refund)).rejects.toThrow('FailedOperation.NotAllowToRefund');
    const subject = { ProductCode: 'p_tcss', SubProductCode: 'sp_tcss_log_analysis', RegionCode: 'ap-guangzhou' };
    const renewal = { ...subject, ClientToken: randomUUID(), InstanceId: othersLogs };
    const placed = await other.ours('CreateRenewalOrder', renewal);
    const [theirOrder] = placed['OrderIdList'] as string[];
    expect(await codeOf(buyer.billing.PayDeals({ OrderIds: [String(theirOrder)] }))).toBe(
      'FailedOperation.InvalidDeal',
    );
    await expect(buyer.ours('CancelOrder', { OrderId: theirOrder })).rejects.toThrow('FailedOperation.InvalidDeal');
    const inquiry = { Action: 'renew', SubProductCode: subject.SubProductCode, InstanceId: othersLogs };
    const { QuoteId } = await other.ours('InquirePrice', inquiry);
    const quoted = JSON.stringify({ capacityGB: 10, instanceId: logs, quoteId: QuoteId });
    expect(await create(order({ Parameter: quoted }))).toBe('InvalidParameter.QuoteExpired');
  });

  it.each<[string, object]>([
    ['a float', { Cores: 1.5 }],
    ['nothing at all', { Cores: 0 }],
    ['less than nothing', { Cores: -1 }],
    ['a huge number', { Cores: huge }],
    ['more than there is', { Cores: 11 }],
    ['gigabytes', { CapacityGB: 10 }],
    ['no reason', { Cores: 1, Reason: '' }],
  ])('ask no cores back with %s', async (_, fields) => {
    const asked = buyer.ours('CreateRefundRequest', { InstanceId: edition, Reason: 'fewer', ...fields });
    await expect(asked).rejects.toThrow(/InvalidParameter|NotAllowToRefund/);
  });

  it('have left everything as it was', untouched);

  it('cannot be helped by a clock that goes back', async () => {
    await expect(story.advance('2027-12-31T23:59:58')).rejects.toThrow('FailedOperation.ClockBackwards');
    const back = story.service.operator('AdvanceTestClock', { Duration: '-PT1S' });
    await expect(back).rejects.toThrow('InvalidParameterValue');
    await untouched();
  });

  it('while sensible ones keep the day of the month through the end of the year, and leap days', async () => {
    const ends: (string | undefined)[] = [];
    for (const months of [1, 11, 36, 1]) {
      await buyer.renew('logs', logs, months);
      ends.push((await buyer.ends()).logs);
    }
    expect(ends).toEqual([
      'NORMAL 2028-03-31 23:59:59',
      'NORMAL 2029-02-28 23:59:59',
      'NORMAL 2032-02-29 23:59:59',
      'NORMAL 2032-03-31 23:59:59',
    ]);
    // 49 months of 20 GB.
    expect(await buyer.balance()).toBe(9_060 - 980);
    await story.advance('2028-01-30T23:59:59');
    // January has 31 days here: one day of it is left, and 50 months.
    expect(await buyer.buy('logs', { capacityGB: 10, instanceId: logs })).toBe(logs);
    expect(await buyer.balance()).toBe(7_579.68);
  });
});
