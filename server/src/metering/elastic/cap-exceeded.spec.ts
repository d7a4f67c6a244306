import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../tests/support/commercial-tenant.ts';

const at = (local: string) => Temporal.Instant.from(`2026-03-01T${local}+08:00`);

describe('cores beyond licence and cap', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(at('09:30:00').toString());
  });
  afterAll(() => market.close());

  const count = (customer: Customer, Cores: number) =>
    operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });
  const told = (customer: Customer) =>
    market.database.inTenant(customer.tenant, async (tx) => {
      const { rows } = await sql<{ happened_at: Temporal.Instant; payload: unknown }>`
        select happened_at, payload from events where type = 'metering.elastic-cap-exceeded' order by id`.execute(tx);
      return rows;
    });
  const instants = async (customer: Customer) => (await told(customer)).map((row) => row.happened_at);

  it('are told of at the first full hour that has some, and again after one that had none', async () => {
    const [customer, suspended] = [await market.customer(1_000), await market.customer(1_000)];
    const instanceId = await customer.buy('professional', { cores: 2 });
    await suspended.buy('professional', { cores: 2 });
    await market.database.inTenant(suspended.tenant, (tx) =>
      sql`insert into elastic_debts (tenant_id, since, suspended_at)
        values (${suspended.tenant}, ${at('00:00:00')}, ${at('00:00:00')})`.execute(tx),
    );
    await count(suspended, 9_000);
    // Exactly what licence and cap cover.
    await count(customer, 5_002);
    await market.advance(at('10:00:00'));
    await count(customer, 5_003);
    await market.advance(at('10:59:59'));
    expect(await told(customer)).toEqual([]);
    await market.advance(at('11:00:00'));
    expect(await told(customer)).toEqual([
      { happened_at: at('11:00:00'), payload: { instanceId, countedCores: '5003', licensedCores: '2', cap: '5000' } },
    ]);
    await market.advance(at('12:30:00'));
    expect(await instants(customer)).toEqual([at('11:00:00')]);

    await count(customer, 5_002);
    await market.advance(at('13:30:00'));
    await count(customer, 5_003);
    await market.advance(at('14:30:00'));
    expect(await instants(customer)).toEqual([at('11:00:00'), at('14:00:00')]);

    await customer.call('CreateOrModifyPostPayCores', { CoresCnt: 6_000 });
    await market.advance(at('15:30:00'));
    await count(customer, 6_003);
    await market.advance(at('18:00:00'));
    expect(await instants(customer)).toEqual([at('11:00:00'), at('14:00:00'), at('16:00:00')]);
    // A suspension has told already that nothing is elastic.
    expect(await told(suspended)).toEqual([]);
  });
});
