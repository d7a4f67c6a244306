import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { tellOfArrears } from './arrears.ts';

const at = (local: string) => Temporal.Instant.from(`2026-03-${local}+08:00`);

describe('a debt of elastic cores', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(at('01T09:30:00').toString());
  });
  afterAll(() => market.close());

  /** 100.00 yuan are left after the purchase; the first charge is 140.00. */
  const debtor = async () => {
    const customer = await market.customer(1_000);
    await customer.buy('professional', { cores: 10 });
    await operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores: 250 });
    return customer;
  };
  const told = (tenant: bigint) =>
    market.database.inTenant(tenant, async (tx) => {
      const { rows } = await sql<{ happened_at: Temporal.Instant; payload: unknown }>`
        select happened_at, payload from events where type = 'metering.elastic-arrears-notice-due' order by id`.execute(
        tx,
      );
      return rows;
    });
  const tens = (...of: string[]) => of.map((day) => at(`${day}T10:00:00`));

  it('is told of at 10:00 on each of six days, and not after it is paid', async () => {
    const cases = [
      { pays: at('02T09:59:59'), days: [] },
      { pays: at('02T10:00:00'), days: ['02'] },
      { pays: at('03T10:00:01'), days: ['02', '03'] },
      { pays: undefined, days: ['02', '03', '04', '05', '06', '07'] },
    ];
    const customers = await Promise.all(cases.map(async (one) => ({ ...one, customer: await debtor() })));
    for (const { pays, customer } of customers) {
      if (!pays) continue;
      await market.advance(pays);
      await customer.topUp(100_000);
    }
    await market.advance(at('12T00:00:00'));
    const all = await Promise.all(customers.map(({ customer }) => told(customer.tenant)));
    expect(all.map((rows) => rows.map((row) => row.happened_at))).toEqual(cases.map(({ days }) => tens(...days)));
    expect(all.at(-1)?.[0]?.payload).toEqual({ owedCents: '4000', suspendedFrom: at('03T02:00:00').toString() });
  });

  it('is told of once at each instant, however often the job runs', async () => {
    const { tenant } = await debtor();
    await market.advance(at('13T10:00:00'));
    expect((await told(tenant)).map((row) => row.happened_at)).toEqual(tens('13'));
    const context = { platform: market, tenant, signal: new AbortController().signal };
    await tellOfArrears.run(context, { at: at('13T10:00:00').toString() });
    expect((await told(tenant)).map((row) => row.happened_at)).toEqual(tens('13'));
  });
});
