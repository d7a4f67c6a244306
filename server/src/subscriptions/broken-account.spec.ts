import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { setTestClock } from '../platform/clock/index.ts';
import { fireTimers } from '../platform/timers/timers.ts';

const patience = { timeout: 10_000 };

let market: Market;
beforeAll(async () => {
  market = await openMarket('2026-03-01T10:00:00+08:00');
});
afterAll(() => market.close());

it('an account whose time cannot pass stops no other, is shown, and goes on when its job is run again', async () => {
  const { database } = market;
  const customers: Customer[] = [];
  for (let index = 0; index < 3; index += 1) {
    const customer = await market.customer(10_000);
    await customer.buy('professional', { cores: 10 }, { RenewFlag: 'NOTIFY_AND_AUTO_RENEW' });
    customers.push(customer);
  }
  const [, broken] = customers;
  if (!broken) throw new Error('there are three');
  const setProtection = (value: string) =>
    database.inTenant(broken.tenant, (tx) => sql`update subscriptions set protection = ${value}::jsonb`.execute(tx));
  const { rows } = await database.inTenant(broken.tenant, (tx) =>
    sql<{ protection: unknown }>`select protection from subscriptions`.execute(tx),
  );
  await setProtection('{"scope":"nonsense"}');
  // As time goes on a machine: what is due fires, whatever became of what fired before.
  const end = Temporal.Instant.from('2026-06-01T10:00:00+08:00');
  for (let day = 8; day >= 0; day -= 1) {
    const at = end.subtract({ hours: day * 24 });
    await database.inSystem('spec', async (tx) => {
      await setTestClock(tx, at);
      await fireTimers(tx, at);
    });
  }
  const renewals = async (customer: Customer) =>
    (await customer.events()).filter(([type]) => type === 'renewed' || type === 'isolated');
  const fires = async () => {
    const now = await database.inSystem('spec', (tx) => market.clock.now(tx));
    await database.inSystem('spec', (tx) => fireTimers(tx, now));
  };
  for (const customer of customers.filter((other) => other !== broken)) {
    await expect
      .poll(async () => {
        await fires();
        return renewals(customer);
      }, patience)
      .toEqual([['renewed', end.toString()]]);
  }
  const operator = operatorCaller(market);
  const failed = async () => {
    const { List } = await operator('DescribeFailedJobs');
    return z.array(z.looseObject({ JobId: z.string(), Name: z.string(), Uin: z.string() })).parse(List);
  };
  const [job, ...others] = await failed();
  expect(job).toMatchObject({ Name: 'subscriptions.pass-time', Uin: String(broken.tenant) });
  expect(others).toEqual([]);
  await setProtection(JSON.stringify(rows[0]?.protection));
  await operator('RerunFailedJob', { JobId: job?.JobId });
  await expect.poll(() => renewals(broken), patience).toEqual([['renewed', end.toString()]]);
  expect(await failed()).toEqual([]);
});
