import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { errorCode } from '../../../tests/support/call-action.ts';
import { eventually } from '../../../tests/support/scan-story.ts';
import { lockWallet } from '../billing/index.ts';
import { setTestClock } from '../platform/clock/index.ts';
import { readSubscriptions } from './subscription-store.ts';

/** A core for the three months of the edition. */
const coreYuan = 90;

describe('many orders at once on one account', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-02T10:00:00+08:00');
  });
  afterAll(() => market.close());

  /** A customer with an edition of ten cores and money for so many more. */
  async function withMoneyFor(cores: number): Promise<{ customer: Customer; edition: string }> {
    const customer = await market.customer(10 * coreYuan + cores * coreYuan);
    return { customer, edition: await customer.buy('professional', { cores: 10 }) };
  }

  function order(customer: Customer, edition: string, token: string): Promise<Record<string, unknown>> {
    return customer.call('CreateInstance', {
      ClientToken: token,
      ProductCode: 'p_tcss',
      SubProductCode: 'sp_tcss_professional',
      RegionCode: 'r',
      ZoneCode: 'z',
      PayMode: 'PrePay',
      Parameter: JSON.stringify({ cores: 1, instanceId: edition }),
    });
  }

  /** What is in the books: each bought core has its order, its bill, its entries and its grant, once. */
  async function expectBooks(customer: Customer, bought: number, leftYuan: number): Promise<void> {
    const { tenant } = customer;
    const books = await market.database.inTenant(tenant, async (tx) => {
      const tables = tx.withTables<{
        deals: { order_id: string; status: number; real_cents: bigint };
        bills: { order_id: string; real_cents: bigint };
        ledger_transactions: { kind: string; reference: string };
        ledger_entries: { account: string; cents: bigint };
        ledger_balances: { account: string; cents: bigint };
        subscription_grants: { order_id: string; quantity: bigint };
        timers: { key: string };
      }>();
      return {
        deals: await tables.selectFrom('deals').select(['order_id', 'status', 'real_cents']).execute(),
        bills: await tables.selectFrom('bills').select(['order_id', 'real_cents']).execute(),
        payments: await tables
          .selectFrom('ledger_transactions')
          .select('reference')
          .where('kind', '=', 'payment')
          .execute(),
        entries: await tables.selectFrom('ledger_entries').select(['account', 'cents']).execute(),
        balances: await tables.selectFrom('ledger_balances').select(['account', 'cents']).execute(),
        grants: await tables.selectFrom('subscription_grants').select(['order_id', 'quantity']).execute(),
        timers: await tables.selectFrom('timers').select('key').where('key', 'like', 'billing/%').execute(),
      };
    });
    const ids = (rows: { order_id: string }[]) => rows.map(({ order_id }) => order_id).toSorted();
    expect(books.deals).toHaveLength(bought + 1);
    expect(books.deals.every(({ status }) => status === 4)).toBe(true);
    expect(ids(books.bills)).toEqual(ids(books.deals));
    expect(ids(books.grants)).toEqual(ids(books.deals));
    expect(books.payments.map(({ reference }) => reference).toSorted()).toEqual(ids(books.deals));
    expect(books.bills.reduce((sum, { real_cents }) => sum + real_cents, 0n)).toBe(
      BigInt((10 + bought) * coreYuan * 100),
    );
    expect(books.grants.reduce((sum, { quantity }) => sum + quantity, 0n)).toBe(BigInt(10 + bought));
    expect(books.entries.reduce((sum, { cents }) => sum + cents, 0n)).toBe(0n);
    expect(books.timers).toEqual([]);
    expect(Object.fromEntries(books.balances.map(({ account, cents }) => [account, Number(cents) / 100]))).toEqual({
      payments: -(10 + bought) * coreYuan - leftYuan,
      cash: leftYuan,
      'revenue/professional': (10 + bought) * coreYuan,
    });
  }

  it('are paid as far as the money goes, to the cent; the others keep nothing', async () => {
    const { customer, edition } = await withMoneyFor(60);
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => errorCode(order(customer, edition, `order-${index}`))),
    );
    const counts = Object.fromEntries(
      Map.groupBy(codes, (code) => code)
        .entries()
        .map(([code, list]) => [code, list.length]),
    );
    expect(counts).toEqual({ OK: 60, 'FailedOperation.BalanceInsufficient': 40 });
    await expectBooks(customer, 60, 0);
  });

  it('are one order where they have one client token, whoever comes first', async () => {
    const { customer, edition } = await withMoneyFor(25);
    const answers = await Promise.all(
      Array.from({ length: 80 }, async (_, index) => {
        const token = `racing-${index % 20}`;
        return [token, (await order(customer, edition, token))['OrderId']] as const;
      }),
    );
    const byToken = Map.groupBy(answers, ([token]) => token);
    expect([...byToken.values()].every((list) => new Set(list.map(([, orderId]) => orderId)).size === 1)).toBe(true);
    expect(new Set(answers.map(([, orderId]) => orderId))).toHaveProperty('size', 20);
    await expectBooks(customer, 20, 5 * coreYuan);
  });

  it('are of the time at which their turn comes: who waited for another order is not before it', async () => {
    const { customer, edition } = await withMoneyFor(2);
    const { database, clock } = market;
    const turn = Promise.withResolvers<undefined>();
    const first = database.inTenant(customer.tenant, async (tx) => {
      await lockWallet(tx, customer.tenant);
      await turn.promise;
    });
    const waiting = order(customer, edition, 'waited');
    await eventually('the order to wait', async () => ((await waitsForLock()) ? true : undefined));
    const meanwhile = await database.inSystem('test', async (tx) => {
      const later = (await clock.now(tx)).add({ seconds: 1 });
      await setTestClock(tx, later);
      return later;
    });
    turn.resolve(undefined);
    await Promise.all([first, waiting]);
    const { rows } = await database.inTenant(customer.tenant, (tx) =>
      sql<{ created_at: Temporal.Instant }>`select created_at from deals where client_token = 'waited'`.execute(tx),
    );
    expect(rows.map((row) => row.created_at.toString())).toEqual([meanwhile.toString()]);
    await expectBooks(customer, 1, coreYuan);
  });

  it('are delivered where the clock of another machine was a little ahead', async () => {
    const { customer, edition } = await withMoneyFor(1);
    const ahead = await market.database.inTenant(customer.tenant, async (tx) => {
      const { rows } = await sql<{ settled_at: Temporal.Instant }>`
        update subscriptions set settled_at = settled_at + interval '1 second' returning settled_at`.execute(tx);
      return rows[0]?.settled_at;
    });
    await order(customer, edition, 'behind');
    await expectBooks(customer, 1, 0);
    const [life] = await market.database.inTenant(customer.tenant, (tx) => readSubscriptions(tx, customer.tenant));
    expect(life?.settledAt).toEqual(ahead);
  });

  /** Whether a transaction of a tenant waits for a row that another one has locked. */
  async function waitsForLock(): Promise<boolean> {
    const { rows } = await market.database.inTenant(1n, (tx) =>
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(tx),
    );
    return rows.length > 0;
  }
});
