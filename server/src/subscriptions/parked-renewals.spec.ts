import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller, type CallAction } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { builtInCatalog } from '../catalog/index.ts';

const parkRows = z.array(z.object({ Uin: z.string(), ParkedBy: z.string(), Reason: z.string() }));

describe('automatic renewals', () => {
  let market: Market;
  let operator: CallAction;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T10:00:00+08:00');
    operator = operatorCaller(market);
  });
  afterAll(() => market.close());

  const now = () => market.database.inSystem('spec', (tx) => market.clock.now(tx));
  /** A customer of three months that renews by itself, and its end. */
  const newCustomer = async (cores = 10) => {
    const customer = await market.customer(1_000_000);
    await customer.buy('professional', { cores }, { RenewFlag: 'NOTIFY_AND_AUTO_RENEW' });
    const end = (await now()).toZonedDateTimeISO('Asia/Shanghai').add({ months: 3 }).toInstant();
    return { customer, end };
  };
  const told = async (customer: Customer) => {
    const events = await customer.events();
    return events.filter(([type]) => !/reminder|notice|purchased/.test(type));
  };
  const parked = async ({ tenant }: Customer) => {
    const rows = parkRows.parse((await operator('DescribeParkedAccounts', { Limit: 1000 }))['List']);
    return rows.find((row) => row.Uin === String(tenant));
  };
  const park = ({ tenant }: Customer) => operator('ParkBilling', { Uin: String(tenant), Reason: 'a complaint' });
  const unpark = ({ tenant }: Customer) => operator('UnparkBilling', { Uin: String(tenant) });

  it('of a parked account are made when it is unparked, from the old end', async () => {
    const { customer, end } = await newCustomer();
    const { customer: other } = await newCustomer();
    await park(customer);
    await market.advance(end.add({ hours: 24 }));
    expect(await told(customer)).toEqual([
      ['auto-renew-failed', end.toString()],
      ['isolated', end.toString()],
    ]);
    expect(await told(other)).toEqual([['renewed', end.toString()]]);
    // Money does not bring it either.
    await customer.topUp(1);
    expect((await told(customer)).map(([type]) => type)).toEqual([
      'auto-renew-failed',
      'isolated',
      'auto-renew-failed',
    ]);
    await unpark(customer);
    expect((await told(customer)).at(-1)).toEqual(['renewed', end.add({ hours: 24 }).toString()]);
    const { InstanceList } = await customer.call('DescribeRenewInstances', { MaxResults: 1 });
    const wanted = end.toZonedDateTimeISO('Asia/Shanghai').add({ months: 1 }).toPlainDateTime();
    expect(InstanceList).toMatchObject([{ ExpireTime: wanted.toString({ smallestUnit: 'second' }).replace('T', ' ') }]);
  });

  it('are not made up for when the time for it has passed', async () => {
    const { customer, end } = await newCustomer();
    await park(customer);
    await market.advance(end.add({ hours: 5 * 24 }));
    await unpark(customer);
    expect((await told(customer)).map(([type]) => type)).toEqual(['auto-renew-failed', 'isolated', 'stopped']);
  });

  it('beyond the bound of a day park the account; let go they are made, as those of others are', async () => {
    const { customer: large, end } = await newCustomer(1_000);
    const { customer: small } = await newCustomer(10);
    await publish({ mostYuanADay: 20_000 });
    await market.advance(end);
    expect(await told(large)).toEqual([
      ['auto-renew-failed', end.toString()],
      ['isolated', end.toString()],
    ]);
    expect(await parked(large)).toMatchObject({
      ParkedBy: 'guard',
      Reason: expect.stringMatching(/30000.00 yuan, more than 20000$/),
    });
    expect(await told(small)).toEqual([['renewed', end.toString()]]);
    await unpark(large);
    expect((await told(large)).at(-1)).toEqual(['renewed', end.toString()]);
    expect(await parked(large)).toBeUndefined();
  });

  it('count together on one day', async () => {
    const { customer, end } = await newCustomer(400);
    const log = { capacityGB: 10_000 };
    await customer.buy('log-analysis', log, { RenewFlag: 'NOTIFY_AND_AUTO_RENEW' });
    await publish({ mostYuanADay: 21_999 });
    await market.advance(end);
    // 12,000 yuan for the cores were within the bound, 10,000 more for the logs were not.
    expect((await told(customer)).map(([type]) => type)).toEqual(['renewed', 'auto-renew-failed', 'isolated']);
    expect(await parked(customer)).toMatchObject({ Reason: expect.stringMatching(/would be 22000.00 yuan/) });
    await unpark(customer);
    expect((await told(customer)).at(-1)?.[0]).toBe('renewed');
  });

  it('at a price too far from the last one park the account; bought by hand the new price is the last one', async () => {
    const { customer, end } = await newCustomer(10);
    const { customer: knowing } = await newCustomer(10);
    await publish({ mostYuanADay: 100_000 }, 200_000_000);
    const { InstanceList } = await knowing.call('DescribeRenewInstances', { MaxResults: 1 });
    const [instance] = z.array(z.looseObject({ InstanceId: z.string() })).parse(InstanceList);
    await knowing.call('RenewInstance', {
      ClientToken: 'by-hand',
      ProductCode: 'p_tcss',
      SubProductCode: 'sp_tcss_professional',
      RegionCode: 'r',
      InstanceId: instance?.InstanceId,
      Period: 1,
      PeriodUnit: 'm',
    });
    await market.advance(end);
    expect(await parked(customer)).toMatchObject({
      ParkedBy: 'guard',
      Reason: expect.stringMatching(/^the automatic renewal of \S+: the unit price would go from 30.00 to 200.00 yuan/),
    });
    await market.advance(end.toZonedDateTimeISO('Asia/Shanghai').add({ months: 1, days: 1 }).toInstant());
    expect(await parked(knowing)).toBeUndefined();
    expect((await told(knowing)).map(([type]) => type)).toEqual(['renewed', 'renewed']);
  });

  async function publish(guardRails: { mostYuanADay: number }, unitPriceMicro = 30_000_000) {
    const { version: _, ...catalog } = builtInCatalog;
    const professional = { ...catalog.professional, unitPriceMicro };
    await operator('PublishCatalog', {
      Catalog: { ...catalog, professional, guardRails: { ...catalog.guardRails, ...guardRails } },
    });
  }
});
