import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

const put = (market: Market, customer: Customer, Cores: number) =>
  operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });

const charges = (market: Market, customer: Customer) =>
  market.database.inTenant(customer.tenant, async (tx) => {
    const { rows } = await sql<{ day: string; core_hours: bigint; hours: number; cents: bigint }>`
      select day::text, core_hours, hours, cents from elastic_charges order by day`.execute(tx);
    return rows.map((row) => [row.day, row.core_hours, row.hours, row.cents]);
  });

describe('elastic cores', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
  });
  afterAll(() => market.close());

  const owed = async (customer: Customer) => {
    const { RealBalance } = await customer.call('DescribeAccountBalance');
    return RealBalance;
  };
  const elasticEvents = (customer: Customer) =>
    market.database.inTenant(customer.tenant, async (tx) => {
      const { rows } = await sql<{ type: string; happened_at: Temporal.Instant }>`
        select type, happened_at from events where type like 'metering.%' order by id`.execute(tx);
      return rows.map((row) => [row.type, row.happened_at]);
    });

  it('are charged at 02:00 for the day before, once, become a debt, and end after a day until it is paid', async () => {
    const within = await market.customer(1_000);
    await within.buy('professional', { cores: 10 });
    await put(market, within, 10);
    const customer = await market.customer(1_000);
    await customer.buy('professional', { cores: 10 });
    expect(await put(market, customer, 34)).toMatchObject({ From: at('2026-03-01T10:00:00').toString() });

    await market.advance(at('2026-03-02T01:59:59'));
    expect(await charges(market, customer)).toEqual([]);
    await market.advance(at('2026-03-02T02:00:00'));
    // 10:00 to 23:00 are 14 samples of 24: 14 yuan.
    expect(await charges(market, customer)).toEqual([['2026-03-01', 336n, 24, 1_400n]]);
    expect(await owed(customer)).toBe(8_600);

    await put(market, customer, 210);
    await market.advance(at('2026-03-03T02:00:00'));
    // Three hours of 24 more, then 21 of 200: (72 + 4,200) / 24 = 178.00.
    expect(await charges(market, customer)).toEqual([
      ['2026-03-01', 336n, 24, 1_400n],
      ['2026-03-02', 4_272n, 24, 17_800n],
    ]);
    expect(await owed(customer)).toBe(-9_200);
    expect(await elasticEvents(customer)).toEqual([['metering.elastic-debt', at('2026-03-03T02:00:00')]]);

    // The debt stands: the hour of the suspension itself is not charged any more.
    await market.advance(at('2026-03-05T02:00:00'));
    expect((await charges(market, customer)).slice(2)).toEqual([
      ['2026-03-03', 4_800n, 24, 20_000n],
      ['2026-03-04', 400n, 24, 1_667n],
    ]);
    await customer.topUp(1_000);
    expect(await elasticEvents(customer)).toEqual([
      ['metering.elastic-debt', at('2026-03-03T02:00:00')],
      ['metering.elastic-arrears-notice-due', at('2026-03-03T10:00:00')],
      ['metering.elastic-suspended', at('2026-03-04T02:00:00')],
      ['metering.elastic-debt', at('2026-03-04T02:00:00')],
      ['metering.elastic-arrears-notice-due', at('2026-03-04T10:00:00')],
      ['metering.elastic-debt', at('2026-03-05T02:00:00')],
      ['metering.elastic-resumed', at('2026-03-05T02:00:00')],
    ]);
    await market.advance(at('2026-03-06T02:00:00'));
    // From 03:00 on: 21 samples of 200.
    expect((await charges(market, customer)).at(-1)).toEqual(['2026-03-05', 4_200n, 24, 17_500n]);
    expect(await charges(market, within)).toEqual([]);
  });

  it('are on a bill that opens to its samples', async () => {
    const customer = await market.customer(1_000);
    await customer.buy('professional', { cores: 1 });
    await put(market, customer, 2);
    const day = (await market.database.inSystem('test', (tx) => market.clock.now(tx))).toZonedDateTimeISO('+08:00');
    const next = day.startOfDay().add({ days: 1, hours: 2 }).toInstant();
    await market.advance(next);
    const bills = await customer.call('DescribeBillDetail', {
      Offset: 0,
      Limit: 10,
      Month: '2026-03',
      PayMode: 'postPay',
    });
    expect(bills).toMatchObject({
      DetailSet: [
        {
          ActionType: 'postpay_deduct_d',
          Formula: '1.00 × 21 core × 1/24 day = 0.88',
          ComponentSet: [{ RealCost: '0.88' }],
        },
      ],
    });
    const { rows } = await market.database.inTenant(customer.tenant, (tx) =>
      sql<{ document: string }>`select document from bills where pay_mode = 'postPay'`.execute(tx),
    );
    expect(JSON.parse(rows[0]?.document ?? '{}')).toMatchObject({
      samples: Array.from({ length: 21 }, () => ({
        quantity: '1',
        facts: { counted: '2', licensed: '1', cap: '5000' },
      })),
    });
  });
});

describe('elastic cores without an active edition', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T02:00:00+08:00');
  });
  afterAll(() => market.close());

  it('are none in a trial, and go on while the edition is isolated', async () => {
    const trial = await market.customer(1_000);
    await trial.call('OpenTcssTrial');
    await put(market, trial, 100);
    const isolated = await market.customer(1_000);
    await isolated.buy('professional', { cores: 1 });
    await market.advance(at('2026-03-03T02:00:00'));
    await put(market, trial, 0);
    await market.advance(at('2026-06-02T23:00:00'));
    expect(await charges(market, trial)).toEqual([]);
    await put(market, isolated, 25);
    await market.advance(at('2026-06-08T02:00:00'));
    const all = await charges(market, isolated);
    expect(all.at(0)).toEqual(['2026-06-03', 576n, 24, 2_400n]);
    // It ended on 1 June at 02:00 and works until 6 June at 02:00.
    expect(all.at(-1)).toEqual(['2026-06-06', 48n, 24, 200n]);
    expect(all).toHaveLength(4);
  });
});
