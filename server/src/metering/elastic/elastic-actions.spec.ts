import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

describe('elastic cores on the wire', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T21:30:00+08:00');
  });
  afterAll(() => market.close());

  it('are shown by hour and by charge, up to the cap that was set', async () => {
    const customer = await market.customer(50_000);
    await customer.buy('professional', { cores: 10 });
    const put = (Cores: number) => operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });
    await put(12);
    await market.advance(at('2026-03-01T22:30:00'));
    await put(6_111);
    await market.advance(at('2026-03-01T23:00:00'));
    expect(await customer.call('DescribeUnauthorizedCoresTendency')).toEqual({
      List: [
        { DateTime: '2026-03-01 22:00:00', CoresCount: 2 },
        { DateTime: '2026-03-01 23:00:00', CoresCount: 6_101 },
      ],
    });
    await customer.call('CreateOrModifyPostPayCores', { CoresCnt: 6_000 });
    expect(await customer.call('DescribeProVersionInfo')).toMatchObject({ MaxPostPayCoresCnt: 6_000 });
    await market.advance(at('2026-03-03T02:00:00'));
    // (2 + 5,000) / 24 = 208.4…, then the new cap all day.
    expect(await customer.call('DescribePostPayDetail')).toEqual({
      SoftQuotaDayDetail: [
        { PayTime: '2026-03-03 02:00:00', CoresCnt: 6_000 },
        { PayTime: '2026-03-02 02:00:00', CoresCnt: 209 },
      ],
    });
    expect(await customer.call('DescribePostPayDetail', { Limit: 1, Offset: 1 })).toMatchObject({
      SoftQuotaDayDetail: [{ CoresCnt: 209 }],
    });
  });

  it.each([
    [0, 'InvalidParameter.ElasticCap'],
    [4_999, 'InvalidParameter.ElasticCap'],
    [5_000, 'InvalidParameter.NoEdition'],
    [Number.MAX_SAFE_INTEGER, 'InvalidParameter.ElasticCap'],
  ])('have no cap of %i without an edition: %s', async (CoresCnt, code) => {
    const customer = await market.customer(0);
    expect(await errorCode(customer.call('CreateOrModifyPostPayCores', { CoresCnt }))).toBe(code);
  });
});
