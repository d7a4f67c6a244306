import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller, type CallAction } from '../../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { builtInCatalog } from '../../catalog/index.ts';

let market: Market;
let operator: CallAction;
beforeAll(async () => {
  market = await openMarket('2026-03-01T00:30:00+08:00');
  operator = operatorCaller(market);
});
afterAll(() => market.close());

it('elastic charges and automatic renewals of a day count together, whichever comes first', async () => {
  const at = (text: string) => Temporal.Instant.from(`2026-${text}+08:00`);
  const newCustomer = async () => {
    const customer = await market.customer(10_000);
    await customer.buy('professional', { cores: 10 }, { RenewFlag: 'NOTIFY_AND_AUTO_RENEW' });
    return customer;
  };
  const early = await newCustomer();
  await market.advance(at('03-01T10:00:00'));
  const late = await newCustomer();
  const { version: _, ...catalog } = builtInCatalog;
  // 300.00 yuan for a renewal, 95.83 for a day of elastic cores: each is within the bound.
  const guardRails = { ...catalog.guardRails, mostYuanADay: 395 };
  await operator('PublishCatalog', { Catalog: { ...catalog, guardRails } });
  await market.advance(at('05-31T00:00:00'));
  for (const { tenant } of [early, late]) await operator('PutSamples', { Uin: String(tenant), Cores: 110 });
  await market.advance(at('06-01T00:00:00'));
  for (const { tenant } of [early, late]) await operator('PutSamples', { Uin: String(tenant), Cores: 10 });
  await market.advance(at('06-01T10:00:00'));
  const { List } = await operator('DescribeParkedAccounts');
  const parks = z.array(z.object({ Uin: z.string(), Reason: z.string(), ParkedTime: z.string() })).parse(List);
  expect(parks.map(({ Uin, ParkedTime }) => [Uin, ParkedTime])).toEqual([
    [String(early.tenant), at('06-01T02:00:00').toString()],
    [String(late.tenant), at('06-01T10:00:00').toString()],
  ]);
  expect(parks.map(({ Reason }) => Reason)).toEqual([
    'with elastic cores of 2026-05-31 the charges of a day would be 395.83 yuan, more than 395',
    expect.stringMatching(/^with the automatic renewal of tcss-\S+ the charges of a day would be 395.83 yuan/),
  ]);
  const balances = async () => {
    const answers = await Promise.all([early, late].map((customer) => customer.call('DescribeAccountBalance')));
    return answers.map((answer) => answer['RealBalance']);
  };
  // 900.00 yuan for the first three months, then what came first.
  expect(await balances()).toEqual([1_000_000 - 90_000 - 30_000, 1_000_000 - 90_000 - 9_583]);
  for (const { tenant } of [early, late]) await operator('UnparkBilling', { Uin: String(tenant) });
  await market.advance(at('06-03T03:00:00'));
  // And once what waited, with 4.17 yuan for the one hour of the day after.
  expect(await balances()).toEqual([870_000, 870_000]);
});
