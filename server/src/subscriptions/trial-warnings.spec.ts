import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { warnOfTrialEnd } from './jobs/warn-of-trial-end.ts';
import { readTrial } from './store.ts';
import { trialWarnings } from './trial.ts';

const openedAt = Temporal.Instant.from('2026-03-01T00:00:00Z');
/** After so many hours people are warned. */
const [first, second, end] = [5 * 24, 6 * 24, 7 * 24];
const after = (hours: number, seconds = 0) => openedAt.add({ hours }).add({ seconds });

/** When each customer buys a professional edition, and after how many hours it is warned. */
const buyers = [
  { buys: undefined, warned: [first, second] },
  { buys: after(first, -1), warned: [] },
  // What falls due at an instant comes before what is bought at it.
  { buys: after(first), warned: [first] },
  { buys: after(first, 1), warned: [first] },
  { buys: after(second, -1), warned: [first] },
  { buys: after(second), warned: [first, second] },
  { buys: after(second, 1), warned: [first, second] },
];

describe('the warnings before a trial ends', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket(openedAt.toString());
  });
  afterAll(() => market.close());

  const warnings = async (customer: Customer) =>
    (await customer.events()).filter(([type]) => type === 'trial-ends-soon').map(([, at]) => at);

  it('come at their instants, and no more from the purchase of a professional edition on', async () => {
    const customers = await Promise.all(
      buyers.map(async (buyer) => {
        const customer = await market.customer(1_000);
        await customer.call('OpenTcssTrial');
        return { ...buyer, customer };
      }),
    );
    const soonest = customers.toSorted((one, other) =>
      Temporal.Instant.compare(one.buys ?? after(end), other.buys ?? after(end)),
    );
    for (const { buys, customer } of soonest) {
      if (!buys) continue;
      await market.advance(buys);
      await customer.buy('professional', { cores: 1 });
    }
    await market.advance(after(end));
    const told = await Promise.all(customers.map(({ customer }) => warnings(customer)));
    expect(told).toEqual(buyers.map(({ warned }) => warned.map((hours) => after(hours).toString())));
  });

  it('come where the edition that was bought is refunded before, and where only logs are bought', async () => {
    const [refunded, logs] = [await market.customer(1_000), await market.customer(1_000)];
    const opened = after(end);
    await market.advance(opened);
    for (const customer of [refunded, logs]) await customer.call('OpenTcssTrial');
    await market.advance(opened.add({ hours: first - 1 }));
    const InstanceId = await refunded.buy('professional', { cores: 1 });
    await logs.buy('log-analysis', { capacityGB: 10 }, { Period: 1 });
    await market.advance(opened.add({ hours: first }));
    await refunded.call('CreateRefundRequest', { InstanceId, Reason: 'no longer needed' });
    await market.advance(opened.add({ hours: end }));
    const both = [first, second].map((hours) => opened.add({ hours }).toString());
    expect(await warnings(refunded)).toEqual(both.slice(1));
    expect(await warnings(logs)).toEqual(both);
  });

  it('are told once each, however often their jobs run', async () => {
    const customer = await market.customer(0);
    const { tenant } = customer;
    await customer.call('OpenTcssTrial');
    const trial = await market.database.inTenant(tenant, (tx) => readTrial(tx, tenant));
    if (!trial) throw new Error('the trial was opened');
    await market.advance(trial.endsAt);
    const both = trialWarnings(trial).map(String);
    expect(await warnings(customer)).toEqual(both);
    const context = { platform: market, tenant, signal: new AbortController().signal };
    for (const at of both) await warnOfTrialEnd.run(context, { at });
    expect(await warnings(customer)).toEqual(both);
  });
});
