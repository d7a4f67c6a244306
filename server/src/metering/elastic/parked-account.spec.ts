import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller, type CallAction } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { builtInCatalog } from '../../catalog/index.ts';

/** An hour of 2026 in the market. */
const at = (text: string) => Temporal.Instant.from(`2026-${text}+08:00`);

describe('elastic charges of a parked account', () => {
  let market: Market;
  let operator: CallAction;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
    operator = operatorCaller(market);
  });
  afterAll(() => market.close());

  const newCustomer = async (yuan: number, cores: number): Promise<Customer> => {
    const customer = await market.customer(yuan);
    await customer.buy('professional', { cores: 10, elasticCap: 1_000_000 }, { Period: 36 });
    await operator('PutSamples', { Uin: String(customer.tenant), Cores: 10 + cores });
    return customer;
  };
  const charges = async ({ tenant }: Customer) => {
    const { rows } = await market.database.inTenant(tenant, (tx) =>
      sql<{ day: string; cents: bigint; charged_at: Temporal.Instant }>`
        select day::text, cents, charged_at from elastic_charges order by day`.execute(tx),
    );
    return rows;
  };
  const parks = async () => {
    const { List } = await operator('DescribeParkedAccounts');
    return z.array(z.object({ Uin: z.string(), ParkedBy: z.string(), Reason: z.string() })).parse(List);
  };
  const unpark = (customer: Customer) => operator('UnparkBilling', { Uin: String(customer.tenant) });

  it('wait, also for longer than a month, and are made up for exactly once; others go on', async () => {
    const [parked, other] = [await newCustomer(20_000, 24), await newCustomer(20_000, 24)];
    await market.advance(at('03-02T03:00:00'));
    await operator('ParkBilling', { Uin: String(parked.tenant), Reason: 'a complaint' });
    await market.advance(at('04-05T12:00:00'));
    expect(await charges(parked)).toHaveLength(1);
    expect(await charges(other)).toHaveLength(35);
    await unpark(parked);
    await market.advance(at('04-06T01:59:59'));
    expect(await charges(parked)).toHaveLength(1);
    await market.advance(at('04-08T03:00:00'));
    const [made, expected] = [await charges(parked), await charges(other)];
    // The same days for the same money: samples went on while nothing was charged.
    expect(made.map(({ day, cents }) => [day, cents])).toEqual(expected.map(({ day, cents }) => [day, cents]));
    expect(new Set(made.slice(1, 36).map((charge) => charge.charged_at.toString()))).toEqual(
      new Set([at('04-06T02:00:00').toString()]),
    );
    for (const customer of [parked, other]) await operator('PutSamples', { Uin: String(customer.tenant), Cores: 0 });
  });

  describe('beyond a guard rail', () => {
    /** The run so many days from now. */
    const run = async (days: number) => {
      const now = await market.database.inSystem('spec', (tx) => market.clock.now(tx));
      return now.toZonedDateTimeISO('Asia/Shanghai').add({ days }).withPlainTime('02:00').toInstant();
    };
    const publish = (unitPriceMicro: number) => {
      const { version: _, ...catalog } = builtInCatalog;
      const guardRails = { mostYuanADay: 1_000, mostPriceFactor: 5 };
      const elasticCores = { ...catalog.elasticCores, unitPriceMicro };
      return operator('PublishCatalog', { Catalog: { ...catalog, guardRails, elasticCores } });
    };

    it('a sum too large parks the account with an alert, and nothing of it is charged', async () => {
      await publish(1_000_000);
      const [large, small] = [await newCustomer(100_000, 2_000), await newCustomer(20_000, 100)];
      const next = await run(1);
      await market.advance(next);
      expect(await charges(large)).toEqual([]);
      expect(await charges(small)).toHaveLength(1);
      expect(await parks()).toEqual([
        {
          Uin: String(large.tenant),
          ParkedBy: 'guard',
          Reason: expect.stringMatching(
            /^with elastic cores of 2026-\d\d-\d\d the charges of a day would be \d{4}\.\d\d yuan, more than 1000$/,
          ),
        },
      ]);
      const { rows } = await market.database.inTenant(large.tenant, (tx) =>
        sql<{ type: string; happened_at: Temporal.Instant }>`
          select type, happened_at from events where type like 'billing.p%'`.execute(tx),
      );
      expect(rows).toEqual([{ type: 'billing.parked', happened_at: next }]);
      // Looked at and let go: the same charge is made, and the bound holds for what falls due afterwards.
      await unpark(large);
      await market.advance(next.add({ hours: 24 }));
      expect(await charges(large)).toHaveLength(1);
      expect(await parks()).toMatchObject([{ Uin: String(large.tenant), ParkedBy: 'guard' }]);
      for (const customer of [large, small]) await operator('PutSamples', { Uin: String(customer.tenant), Cores: 0 });
      await unpark(large);
      await market.advance(next.add({ hours: 72 }));
      expect(await parks()).toEqual([]);
    });

    it('a price too far from the last one parks the account; let go it is paid, and is the last one from then on', async () => {
      const customer = await newCustomer(100_000, 24);
      const runs = await Promise.all([2, 3, 4, 6].map(run));
      const advance = (index: number) => market.advance(runs[index] ?? at('12-31T00:00:00'));
      await advance(0);
      const before = await charges(customer);
      expect(before.length).toBeGreaterThanOrEqual(1);
      await publish(6_000_000);
      // The day that has begun still has its price.
      await advance(1);
      expect(await charges(customer)).toHaveLength(before.length + 1);
      await advance(2);
      expect(await charges(customer)).toHaveLength(before.length + 1);
      expect(await parks()).toMatchObject([
        {
          Uin: String(customer.tenant),
          Reason: expect.stringMatching(/unit price would go from 1\.0.* to 6\.00 yuan/),
        },
      ]);
      await unpark(customer);
      await advance(3);
      const after = await charges(customer);
      expect(after).toHaveLength(before.length + 4);
      expect(after.slice(-3).map(({ cents }) => cents)).toEqual([14_400n, 14_400n, 14_400n]);
      expect(await parks()).toEqual([]);
    });
  });
});
