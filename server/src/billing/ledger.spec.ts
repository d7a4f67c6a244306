import fc from 'fast-check';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { lineOf, orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { grantVoucher, topUp } from './credit.ts';
import { balanced, book, findBooked, readBalances, type LedgerAccount, type LedgerEntry } from './ledger.ts';
import { expireUnpaid } from './move-deal.ts';
import { payAndDeliver } from './pay-deal.ts';
import { placeOrder } from './place-order.ts';
import { readWallet } from './wallet.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');

describe('the ledger', () => {
  let platform: TestPlatform;
  let owner: pg.Client;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    owner = new pg.Client(platform.urls.owner);
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await platform.close();
  });

  const inTenant = <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) =>
    platform.database.inTenant(tenant, work);
  const bookEntries = (tenant: bigint, key: string, entries: readonly LedgerEntry[]) =>
    inTenant(tenant, (tx) =>
      book(tx, tenant, { kind: 'charge', reference: 'spec', idempotencyKey: key, entries }, now),
    );
  const insertRaw = (tenant: bigint, entryCount: number, entries: readonly (readonly [LedgerAccount, bigint])[]) =>
    inTenant(tenant, async (tx) => {
      const { rows } = await sql<{ transaction_id: bigint }>`
        insert into ledger_transactions (tenant_id, kind, reference, idempotency_key, entry_count, booked_at)
        values (${tenant}, 'charge', 'spec', ${`raw-${Math.random()}`}, ${entryCount}, ${now})
        returning transaction_id`.execute(tx);
      const id = rows[0]?.transaction_id ?? 0n;
      for (const [account, cents] of entries) await insertEntry(tx, tenant, id, account, cents);
      return id;
    });
  const insertEntry = (tx: AppTransaction, tenant: bigint, id: bigint, account: LedgerAccount, cents: bigint) =>
    sql`insert into ledger_entries values (${tenant}, ${id}, ${account}, ${cents})`.execute(tx);

  it('adds up entries of one account and drops those of nothing', () => {
    const entries: LedgerEntry[] = [
      { account: 'cash', cents: -5n },
      { account: 'credit', cents: 0n },
      { account: 'cash', cents: -2n },
      { account: 'revenue/professional', cents: 7n },
    ];
    expect(balanced(entries)).toEqual([
      { account: 'cash', cents: -7n },
      { account: 'revenue/professional', cents: 7n },
    ]);
    expect(() => balanced([{ account: 'cash', cents: 1n }])).toThrow('sums to zero, this one to 1');
  });

  it('books nothing for what moves nothing', async () => {
    const tenant = await walletTenant(platform);
    expect(await bookEntries(tenant, 'a', [{ account: 'cash', cents: 0n }])).toBeUndefined();
  });

  it('books under one key once', async () => {
    const tenant = await walletTenant(platform);
    const entries: LedgerEntry[] = [
      { account: 'receivable', cents: -3n },
      { account: 'revenue/elastic-cores', cents: 3n },
    ];
    const id = await bookEntries(tenant, 'a', entries);
    await expect(bookEntries(tenant, 'a', entries)).rejects.toThrow(/idempotency_key/);
    expect(await inTenant(tenant, (tx) => findBooked(tx, tenant, 'a'))).toMatchObject({ id, entries, bookedAt: now });
  });

  it.each([
    [
      'that does not sum to zero',
      2,
      [
        ['cash', 5n],
        ['payments', -4n],
      ],
      /sums to 1, not to zero/,
    ],
    ['without its entries', 2, [], /has 0 entries, not 2/],
    [
      'with fewer entries than it announced',
      3,
      [
        ['cash', 5n],
        ['payments', -5n],
      ],
      /has 2 entries, not 3/,
    ],
    [
      'that takes more cash than there is',
      2,
      [
        ['cash', -5n],
        ['payments', 5n],
      ],
      /has_what_it_gives/,
    ],
    [
      'that takes more credit than there is',
      2,
      [
        ['credit', -5n],
        ['grants', 5n],
      ],
      /has_what_it_gives/,
    ],
    [
      'that takes more from a voucher than is on it',
      2,
      [
        ['voucher/x', -5n],
        ['grants', 5n],
      ],
      /has_what_it_gives/,
    ],
    [
      'that is paid more debt than there is',
      2,
      [
        ['receivable', 5n],
        ['payments', -5n],
      ],
      /owes/,
    ],
    [
      'with an entry of nothing',
      2,
      [
        ['cash', 0n],
        ['payments', 0n],
      ],
      /ledger_entries_cents_check/,
    ],
  ] as const)('refuses a transaction %s', async (_, entryCount, entries, problem) => {
    const tenant = await walletTenant(platform);
    await expect(insertRaw(tenant, entryCount, entries)).rejects.toThrow(problem);
    expect(await inTenant(tenant, (tx) => readWallet(tx, tenant))).toEqual({ cash: 0n, credit: 0n, owed: 0n });
  });

  it('keeps a transaction from growing after its commit', async () => {
    const tenant = await walletTenant(platform);
    const id = await insertRaw(tenant, 2, [
      ['cash', 5n],
      ['payments', -5n],
    ]);
    const grow = inTenant(tenant, async (tx) => {
      await insertEntry(tx, tenant, id, 'credit', 5n);
      await insertEntry(tx, tenant, id, 'grants', -5n);
    });
    await expect(grow).rejects.toThrow(/has 4 entries, not 2/);
  });

  it('adds up what one statement enters for several transactions', async () => {
    const tenant = await walletTenant(platform);
    await inTenant(tenant, (tx) =>
      sql`with made as (
          insert into ledger_transactions (tenant_id, kind, reference, idempotency_key, entry_count, booked_at)
          select ${tenant}, 'charge', 'spec', 'batch-' || n, 2, ${now} from generate_series(1, 3) n
          returning transaction_id
        )
        insert into ledger_entries select ${tenant}, transaction_id, account, cents from made, (values
          ('receivable', -5), ('revenue/elastic-cores', 5)) of(account, cents)`.execute(tx),
    );
    expect(await inTenant(tenant, (tx) => readWallet(tx, tenant))).toEqual({ cash: 0n, credit: 0n, owed: 15n });
  });

  it.each(
    ['ledger_transactions', 'ledger_entries', 'vouchers', 'bills'].flatMap((table) => [
      [`update ${table} set tenant_id = tenant_id`],
      [`delete from ${table}`],
      [`truncate ${table} cascade`],
    ]),
  )('lets nobody do: %s', async (statement) => {
    const tenant = await walletTenant(platform, 100n);
    await expect(owner.query(statement)).rejects.toThrow(/never changed or deleted/);
    await expect(inTenant(tenant, (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(/permission denied/);
    await expect(platform.database.inSystem('test', (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(
      /permission denied/,
    );
  });

  it.each([
    ['update ledger_balances set cents = cents + 1', /only new entries change them/],
    ["insert into ledger_balances values (current_tenant(), 'x', 1)", /only new entries change them/],
    ['delete from ledger_balances', /permission denied/],
  ])('lets balances follow entries only: %s', async (statement, problem) => {
    const tenant = await walletTenant(platform, 100n);
    await expect(inTenant(tenant, (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(problem);
    expect(await inTenant(tenant, (tx) => readWallet(tx, tenant))).toMatchObject({ cash: 100n });
  });

  it.each(['update ledger_balances set cents = 0', 'delete from ledger_balances', 'truncate ledger_balances'])(
    'lets the owner not do: %s',
    async (statement) => {
      await expect(owner.query(statement)).rejects.toThrow(/only new entries change them/);
    },
  );

  it('shows a tenant its own entries only', async () => {
    const [one, other] = [await walletTenant(platform, 100n), await walletTenant(platform, 7n)];
    const seen = await inTenant(other, (tx) =>
      sql<{ tenant_id: bigint }>`select distinct tenant_id from ledger_entries`.execute(tx),
    );
    expect(seen.rows).toEqual([{ tenant_id: other }]);
    expect(await inTenant(other, (tx) => readBalances(tx, one).then((balance) => balance('cash')))).toBe(0n);
  });

  describe('after any sequence of commands', () => {
    const cents = fc.bigInt({ min: 1n, max: 500n });
    const command = fc.oneof(
      fc.record({ do: fc.constant('top-up' as const), kind: fc.constantFrom('cash' as const, 'credit'), cents }),
      fc.record({ do: fc.constant('voucher' as const), cents }),
      fc.record({ do: fc.constant('charge' as const), cents }),
      fc.record({ do: fc.constant('order' as const), cents: fc.bigInt({ min: 0n, max: 500n }) }),
      fc.record({ do: fc.constant('pay' as const), order: fc.nat(5), auto: fc.boolean() }),
      fc.record({ do: fc.constant('expire' as const), order: fc.nat(5) }),
    );

    it('sums to zero, with balances that are the sums of entries, and has what a naive count has', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 20 }), async (commands) => {
          const tenant = await walletTenant(platform);
          const model = { had: 0n, charged: 0n, bought: 0n };
          const orders: string[] = [];
          for (const step of commands) {
            // oxlint-disable-next-line no-await-in-loop -- a sequence
            await inTenant(tenant, (tx) => run(tx, tenant, step, orders, model)).catch(expectRefusal);
          }
          await checkBooks(tenant, model);
        }),
        { numRuns: 40 },
      );
    });

    type Step = typeof command extends fc.Arbitrary<infer T> ? T : never;
    type Model = { had: bigint; charged: bigint; bought: bigint };

    async function run(tx: AppTransaction, tenant: bigint, step: Step, orders: string[], model: Model): Promise<void> {
      if (step.do === 'top-up') {
        await topUp(tx, tenant, { kind: step.kind, cents: step.cents }, now);
        model.had += step.cents;
      }
      if (step.do === 'voucher') {
        const term = { beginsAt: now, endsAt: now.add({ hours: 1 }) };
        await grantVoucher(tx, tenant, { nominalCents: step.cents, products: [], ...term }, now);
        model.had += step.cents;
      }
      if (step.do === 'charge') {
        // What is left pays; the rest becomes a debt, as daily charges will do.
        const { cash, credit } = await readWallet(tx, tenant);
        const byCash = cash < step.cents ? cash : step.cents;
        const byCredit = credit < step.cents - byCash ? credit : step.cents - byCash;
        const entries: LedgerEntry[] = [
          { account: 'cash', cents: -byCash },
          { account: 'credit', cents: -byCredit },
          { account: 'receivable', cents: byCash + byCredit - step.cents },
          { account: 'revenue/elastic-cores', cents: step.cents },
        ];
        await book(tx, tenant, { kind: 'charge', reference: '', idempotencyKey: `${Math.random()}`, entries }, now);
        model.charged += step.cents;
      }
      if (step.do === 'order') {
        const lines = [lineOf(step.cents / 2n), lineOf(step.cents - step.cents / 2n, 'image-scan')];
        orders.push((await placeOrder(tx, tenant, orderOf(tenant, 0n, { lines }), now)).orderId);
      }
      const orderId = 'order' in step ? orders[step.order] : undefined;
      if (orderId === undefined) return;
      if (step.do === 'expire') await expireUnpaid(tx, tenant, orderId);
      if (step.do === 'pay') {
        const paid = await payAndDeliver({ tx, tenant, now }, { orderId }, { auto: step.auto }, () =>
          Promise.resolve(),
        );
        model.bought += paid.realCents;
      }
    }

    function expectRefusal(error: unknown): void {
      if (!(error instanceof ActionError)) throw error;
      expect(error.code).toMatch(/^FailedOperation\.(BalanceInsufficient|InvalidDeal)$/);
    }

    async function checkBooks(tenant: bigint, model: Model): Promise<void> {
      await inTenant(tenant, async (tx) => {
        const unbalanced = await sql`
          select from ledger_entries group by transaction_id having sum(cents) <> 0 or count(*) < 2`.execute(tx);
        expect(unbalanced.rows).toEqual([]);
        const wrong = await sql`
          select from ledger_balances b full join (
            select account, sum(cents) as cents from ledger_entries group by account
          ) e using (account) where b.cents is distinct from e.cents`.execute(tx);
        expect(wrong.rows).toEqual([]);
        const { rows } = await sql<{ account: LedgerAccount; cents: bigint }>`
          select account, cents from ledger_balances`.execute(tx);
        const sum = (wanted: RegExp) =>
          rows.filter(({ account }) => wanted.test(account)).reduce((total, row) => total + row.cents, 0n);
        expect(sum(/^(cash|credit|voucher|receivable)/)).toBe(model.had - model.charged - model.bought);
        expect(sum(/^revenue\/elastic/)).toBe(model.charged);
        expect(sum(/^revenue\/(professional|image)/)).toBe(model.bought);
        expect(sum(/^(payments|grants)/)).toBe(-model.had);
        const { cash, credit, owed } = await readWallet(tx, tenant);
        expect(owed === 0n || cash + credit === 0n).toBe(true);
        const bills = await sql<{ sum: string }>`select coalesce(sum(real_cents), 0)::text as sum from bills`.execute(
          tx,
        );
        expect(bills.rows).toEqual([{ sum: String(model.bought) }]);
      });
    }
  });
});
