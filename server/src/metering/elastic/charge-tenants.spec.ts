import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller } from '../../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../../tests/support/commercial-tenant.ts';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { topUp } from '../../billing/index.ts';
import { asTenant, type SystemTransaction } from '../../platform/database/index.ts';
import { chargeDays } from './charge-day.ts';
import { chargeTenants } from './charge-tenants.ts';
import { insertAccount, insertEdition } from './fixtures/elastic-tenant.ts';

const day = Temporal.PlainDate.from('2026-03-10');
const now = Temporal.Instant.from('2026-03-12T02:00:00+08:00');
const days = { from: day.subtract({ days: 31 }), before: day.add({ days: 2 }) };
const start = day.toZonedDateTime('+08:00').toInstant();

interface Facts {
  /** The excess of up to 48 hours: two days. */
  samples: { hour: number; excess: bigint; source: Record<string, string> }[];
  credit: bigint;
  cash: bigint;
  threshold: bigint | undefined;
  /** Owes already, since then. */
  debtSince: Temporal.Instant | undefined;
}

const cents = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 3_000n }));
const facts: fc.Arbitrary<Facts> = fc.record({
  samples: fc.uniqueArray(
    fc.record({
      hour: fc.integer({ min: 0, max: 47 }),
      excess: fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 50n })),
      source: fc.constantFrom({}, { kind: 'put by hand' }, { zone: 'b "2"', kind: 'agent' }, { ключ: '\\ 漢' }),
    }),
    { minLength: 1, maxLength: 48, selector: ({ hour }) => hour },
  ),
  credit: cents,
  cash: cents,
  threshold: fc.option(cents, { nil: undefined }),
  debtSince: fc.option(fc.constant(now.subtract({ hours: 7 })), { nil: undefined }),
});

async function insertFacts(tx: SystemTransaction, tenant: bigint, one: Facts): Promise<void> {
  const [from, until] = [start.subtract({ hours: 240 }), start.add({ hours: 2_400 })];
  await insertAccount(tx, tenant, from);
  await insertEdition(tx, tenant, {
    instanceId: `tcss-${tenant}`,
    state: 'active',
    startedAt: from,
    endsAt: until,
    isolationHours: 120,
    elasticCap: 5_000,
    grants: [{ quantity: 3n, from, until }],
  });
  const rows = one.samples.map(({ hour, excess, source }) => ({
    hour: start.add({ hours: hour }).toString(),
    day: day.add({ days: Math.floor(hour / 24) }).toString(),
    excess: String(excess),
    source,
  }));
  await sql`
    with sampled as (
      insert into elastic_samples
        (tenant_id, hour, day, counted_cores, licensed_cores, cap, suspended, excess, instance_id, source)
      select ${tenant}, hour, day, excess + 3, 3, 5000, false, excess, ${`tcss-${tenant}`}, source
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as of(hour timestamptz, day date, excess bigint, source jsonb)
      returning day, excess
    )
    insert into uncharged_days select distinct ${tenant}::bigint, day from sampled where excess > 0`.execute(tx);
  await asTenant(tx, tenant, async (own) => {
    if (one.credit > 0n) await topUp(own, tenant, { kind: 'credit', cents: one.credit, idempotencyKey: 'c' }, from);
    if (one.cash > 0n) await topUp(own, tenant, { kind: 'cash', cents: one.cash, idempotencyKey: 'm' }, from);
  });
  if (one.debtSince) await sql`insert into elastic_debts values (${tenant}, ${one.debtSince}, null)`.execute(tx);
  if (one.threshold !== undefined) {
    await sql`
      insert into wallets values (${tenant}, ${one.threshold}, true) on conflict (tenant_id)
      do update set warning_threshold_cents = excluded.warning_threshold_cents, warning_open = true`.execute(tx);
  }
}

/** All that a charge writes, without the numbers that sequences give. */
async function readBooks(tx: SystemTransaction) {
  const read = async (statement: ReturnType<typeof sql>) => (await statement.execute(tx)).rows;
  return {
    entries: await read(sql`
      select tenant_id, kind, reference, idempotency_key, entry_count, booked_at, account, cents
      from ledger_transactions join ledger_entries using (tenant_id, transaction_id)
      order by tenant_id, idempotency_key, account`),
    balances: await read(sql`select * from ledger_balances order by tenant_id, account`),
    bills: await read(sql`select * from bills order by tenant_id, bill_id`),
    charges: await read(sql`select * from elastic_charges order by tenant_id, day`),
    open: await read(sql`select * from uncharged_days order by tenant_id, day`),
    debts: await read(sql`select * from elastic_debts order by tenant_id`),
    timers: await read(sql`select * from timers order by tenant_id, key`),
    events: await read(sql`
      select tenant_id, type, happened_at, payload from events order by tenant_id, type, payload`),
  };
}

/** What is charged of a tenant, counted naively: cents of both days, halves up, from credit, then cash, then owed. */
function naive({ samples, credit, cash }: Facts) {
  const charged = [0, 1].map((index) => {
    const coreHours = samples.reduce(
      (sum, { hour, excess }) => sum + (Math.floor(hour / 24) === index ? excess : 0n),
      0n,
    );
    return (coreHours * 100n * 2n + 24n) / 48n;
  });
  const total = charged.reduce((sum, one) => sum + one, 0n);
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const byCredit = least(credit, total);
  const byCash = least(cash, total - byCredit);
  return { charged, credit: credit - byCredit, cash: cash - byCash, owed: total - byCredit - byCash };
}

class Undone extends Error {}

describe('the charge of many tenants', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  /** What the books are after charging so, of these tenants; nothing of it is kept. */
  const booksOf = async (
    all: readonly Facts[],
    charge: (tx: SystemTransaction, tenants: bigint[]) => Promise<void>,
  ) => {
    const tenants = all.map((_, index) => 100_000_000_000n + BigInt(index));
    let books: Awaited<ReturnType<typeof readBooks>> | undefined;
    const attempt = platform.database.inSystem('spec', async (tx) => {
      for (const [index, one] of all.entries()) await insertFacts(tx, tenants[index] ?? 0n, one);
      await charge(tx, tenants);
      await sql`set constraints all immediate`.execute(tx);
      books = await readBooks(tx);
      throw new Undone();
    });
    await expect(attempt).rejects.toThrow(Undone);
    return { tenants, books };
  };

  it('makes the same books as one after the other, to the byte, and those that a naive count makes', async () => {
    let debts = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(facts, { minLength: 2, maxLength: 8 }), async (all) => {
        const together = await booksOf(all, (tx, tenants) => chargeTenants(tx, tenants, days, now));
        const apart = await booksOf(all, async (tx, tenants) => {
          for (const tenant of tenants.toReversed()) await chargeTenants(tx, [tenant], days, now);
        });
        expect(together.books).toEqual(apart.books);
        expect(together.books?.open).toEqual([]);
        debts += together.books?.debts.length ?? 0;
        const balances = z.array(z.object({ tenant_id: z.bigint(), account: z.string(), cents: z.bigint() }));
        const kept = balances.parse(together.books?.balances);
        for (const [index, tenant] of together.tenants.entries()) {
          const expected = naive(
            all[index] ?? { samples: [], credit: 0n, cash: 0n, threshold: undefined, debtSince: undefined },
          );
          const balance = (account: string) =>
            kept.find((row) => row.tenant_id === tenant && row.account === account)?.cents ?? 0n;
          expect([balance('credit'), balance('cash'), -balance('receivable')]).toEqual([
            expected.credit,
            expected.cash,
            expected.owed,
          ]);
          expect(balance('revenue/elastic-cores')).toBe(expected.charged.reduce((sum, one) => sum + one, 0n));
        }
      }),
      { numRuns: 15 },
    );
    expect(debts, 'some could not pay').toBeGreaterThan(3);
  });

  it('of what was charged before, changes nothing', async () => {
    const one: Facts = {
      samples: [{ hour: 3, excess: 24n, source: {} }],
      credit: 0n,
      cash: 500n,
      threshold: undefined,
      debtSince: undefined,
    };
    const once = await booksOf([one], (tx, tenants) => chargeTenants(tx, tenants, days, now));
    const twice = await booksOf([one], async (tx, tenants) => {
      await chargeTenants(tx, tenants, days, now);
      await chargeTenants(tx, tenants, days, now);
    });
    expect(twice.books).toEqual(once.books);
    const openedAgain = platform.database.inSystem('spec', async (tx) => {
      const tenants = [100_000_000_000n];
      for (const tenant of tenants) await insertFacts(tx, tenant, one);
      await chargeTenants(tx, tenants, days, now);
      await sql`insert into uncharged_days values (${tenants[0]}, ${day.toString()}::date)`.execute(tx);
      await chargeTenants(tx, tenants, days, now);
    });
    await expect(openedAgain).rejects.toThrow(/duplicate key/);
  });
});

describe('two runs at once', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T09:30:00+08:00');
  });
  afterAll(() => market.close());

  it('charge each day once, while money comes in and goes out', async () => {
    const customers = [];
    for (let index = 0; index < 6; index += 1) {
      const customer = await market.customer(1_000);
      await customer.buy('professional', { cores: 1 });
      await operatorCaller(market)('PutSamples', { Uin: String(customer.tenant), Cores: 25 });
      customers.push(customer);
    }
    await market.advance(Temporal.Instant.from('2026-03-02T01:59:59+08:00'));
    const dueAt = Temporal.Instant.from('2026-03-02T02:00:00+08:00');
    await Promise.all([
      ...[1, 2, 3].map(() => chargeDays.run(market, { dueAt, now: dueAt })),
      ...customers.flatMap((customer) => [
        customer.topUp(10),
        customer.buy('log-analysis', { capacityGB: 10 }, { Period: 1 }),
      ]),
    ]);
    for (const customer of customers) {
      const { RealBalance } = await customer.call('DescribeAccountBalance');
      // 1,000 + 10 − 90 for the edition − 10 for the logs − 14 of 24 hours × 24 cores.
      expect(RealBalance).toBe(89_600);
    }
    const { rows } = await market.database.inSystem('spec', (tx) =>
      sql`select count(*) as charges, (select count(*) from uncharged_days where day < '2026-03-02') as open from elastic_charges`.execute(
        tx,
      ),
    );
    expect(rows).toEqual([{ charges: 6n, open: 0n }]);
  });
});
