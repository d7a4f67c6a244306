import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorCaller } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

describe('the figures of a purchase, from the trial to the destruction', () => {
  let market: Market;
  let customer: Customer;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
    customer = await market.customer(100_000);
  });
  afterAll(() => market.close());

  const put = (Cores: number) => operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores });
  const buy = (cores: number) => customer.buy('professional', { cores });

  interface Figures {
    state: [state: number, subState: string];
    /** Bought, given, elastic, unprotected. */
    cores: [bought: number, given: number, elastic: number, unprotected: number];
    toBuy: number;
    /** `DescribeUnauthorizedCoresTendency`, the newest point. */
    beyond?: number;
  }

  it.each<[string, () => Promise<unknown>, Figures]>([
    ['2026-03-01T09:30:00', async () => {}, { state: [0, 'NORMAL'], cores: [0, 0, 0, 0], toBuy: 0 }],
    ['2026-03-01T10:00:00', () => put(150), { state: [0, 'NORMAL'], cores: [0, 0, 0, 150], toBuy: 150 }],
    [
      '2026-03-01T10:30:00',
      () => customer.call('OpenTcssTrial'),
      { state: [2, 'NORMAL'], cores: [0, 150, 0, 0], toBuy: 150 },
    ],
    ['2026-03-08T10:30:00', async () => {}, { state: [1, 'NORMAL'], cores: [0, 0, 0, 150], toBuy: 150 }],
    ['2026-03-08T10:45:00', () => buy(100), { state: [3, 'NORMAL'], cores: [100, 0, 50, 0], toBuy: 50 }],
    [
      '2026-03-08T12:00:00',
      () => put(6_000),
      { state: [3, 'NORMAL'], cores: [100, 0, 5_000, 900], toBuy: 5_900, beyond: 5_900 },
    ],
    ['2026-03-08T13:00:00', () => put(80), { state: [3, 'NORMAL'], cores: [100, 0, 0, 0], toBuy: 0, beyond: 0 }],
    ['2026-06-08T10:29:59', () => put(0), { state: [3, 'NORMAL'], cores: [100, 0, 0, 0], toBuy: 0 }],
    ['2026-06-08T11:00:00', () => put(130), { state: [4, 'ISOLATE'], cores: [100, 0, 30, 0], toBuy: 30, beyond: 30 }],
    ['2026-06-13T10:30:00', async () => {}, { state: [4, 'ISOLATE'], cores: [0, 0, 0, 130], toBuy: 130 }],
    ['2026-06-14T10:30:00', () => put(0), { state: [4, 'DESTROED'], cores: [0, 0, 0, 0], toBuy: 0 }],
  ])('at %s', async (local, first, { state, cores, toBuy, beyond }) => {
    await first();
    await market.advance(at(local));
    const figures = await customer.call('DescribePurchaseStateInfo');
    const { State, SubState, AllCoresCnt, CoresCnt, UndefendCoresCnt } = figures;
    const { AuthorizedCoresCnt, GivenAuthorizedCoresCnt, CurrentFlexibleCoresCnt } = figures;
    expect([State, SubState]).toEqual(state);
    const parts = [AuthorizedCoresCnt, GivenAuthorizedCoresCnt, CurrentFlexibleCoresCnt, UndefendCoresCnt];
    expect(parts).toEqual(cores);
    const [bought, given, elastic, unprotected] = cores;
    expect([CoresCnt, AllCoresCnt]).toEqual([bought + given + elastic, bought + given + elastic + unprotected]);
    expect(await customer.call('DescribeProVersionInfo')).toMatchObject({ CoresCnt: toBuy });
    if (beyond === undefined) return;
    const { List } = (await customer.call('DescribeUnauthorizedCoresTendency')) as { List: { CoresCount: number }[] };
    expect(List.at(-1)?.CoresCount).toBe(beyond);
  });

  it('are without elastic cores while a debt stands too long', async () => {
    const debtor = await market.customer(300);
    await debtor.buy('professional', { cores: 1 });
    await operatorCaller(market)('PutSamples', { Uin: String(debtor.tenant), Cores: 301 });
    await market.advance(at('2026-06-17T01:59:59'));
    const elastic = { AuthorizedCoresCnt: 1, CoresCnt: 301, CurrentFlexibleCoresCnt: 300, UndefendCoresCnt: 0 };
    expect(await debtor.call('DescribePurchaseStateInfo')).toMatchObject(elastic);
    await market.advance(at('2026-06-17T02:00:00'));
    const suspended = { CoresCnt: 1, CurrentFlexibleCoresCnt: 0, UndefendCoresCnt: 300, AllCoresCnt: 301 };
    expect(await debtor.call('DescribePurchaseStateInfo')).toMatchObject(suspended);
    expect(await debtor.call('DescribeProVersionInfo')).toMatchObject({ CoresCnt: 300 });
    await debtor.topUp(10_000);
    expect(await debtor.call('DescribePurchaseStateInfo')).toMatchObject(elastic);
  });

  it('tell what waits for a first scan, and the whole scans that are left', async () => {
    const scanning = await market.customer(1_000);
    expect(await scanning.call('DescribeValueAddedSrvInfo')).toEqual({
      RegistryImageCnt: 0,
      LocalImageCnt: 0,
      UnusedAuthorizedCnt: 0,
    });
    await scanning.call('OpenTcssTrial');
    await market.database.inTenant(scanning.tenant, (tx) =>
      sql`
        insert into counters values (${scanning.tenant}, 'assets.registry-images', 7),
          (${scanning.tenant}, 'scanning.scanned-registry-images', 3)`.execute(tx),
    );
    expect(await scanning.call('DescribeValueAddedSrvInfo')).toEqual({
      RegistryImageCnt: 4,
      LocalImageCnt: 0,
      UnusedAuthorizedCnt: 500,
    });
  });
});
