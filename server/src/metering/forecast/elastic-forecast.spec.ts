import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

describe('the forecast of this month', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket('2026-03-29T11:30:00+08:00');
    customer = await market.customer(10_000);
    await customer.buy('professional', { cores: 10 });
  });
  afterAll(() => market.close());

  const forecast = () => customer.call('DescribeElasticForecast');
  const put = (Cores: number) => operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });

  it('has nothing before anything is observed', async () => {
    expect(await forecast()).toMatchObject({ Month: '2026-03', Expected: '0.00', High: '0.00', ObservedHours: 0 });
  });

  it('goes on as it is, and is what was charged in the end', async () => {
    await put(34);
    await market.advance(at('2026-03-29T12:00:00'));
    // 12 hours of today, and two days.
    const same = { Low: '60.00', Expected: '60.00', High: '60.00' };
    expect(await forecast()).toMatchObject({ Charged: '0.00', NotYetCharged: '0.00', ...same, ObservedHours: 1 });
    await market.advance(at('2026-03-30T01:00:00'));
    expect(await forecast()).toMatchObject({ Charged: '0.00', NotYetCharged: '12.00', ...same });
    await market.advance(at('2026-03-30T02:00:00'));
    expect(await forecast()).toMatchObject({ Charged: '12.00', NotYetCharged: '0.00', ...same });
    await put(58);
    await market.advance(at('2026-03-31T12:30:00'));
    const later = await forecast();
    // Hours of 24 and of 48 were seen; the rest of today is like yesterday's, 48, or like the day before, 24.
    expect(later).toMatchObject({ Charged: '57.00', Low: '94.00', Expected: '99.50', High: '105.00' });
    await market.advance(at('2026-03-31T23:30:00'));
    expect(await forecast()).toMatchObject({ Low: '105.00', Expected: '105.00', High: '105.00' });
    expect(await customer.call('DescribeNextBill')).toMatchObject({ RealTotalCost: '48.00' });
  });
});
