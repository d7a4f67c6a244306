import fc from 'fast-check';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { testOrders } from '../../../../tests/support/test-orders.ts';
import { lineOf, orderOf, walletTenant } from '../../../../tests/support/wallet-tenant.ts';
import { elasticCharges } from '../../metering/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { chargeUsageOf } from '../charge-usage.ts';
import { topUp } from '../credit.ts';
import { grantRefund, placeRefund } from '../refund.ts';
import { closeMonth } from './close-month.ts';
import { marketMonth, type MarketMonth } from './market-month.ts';

describe('the close of a month', () => {
  let platform: TestPlatform;
  let superuser: pg.Client;
  let tenants: bigint[] = [];
  let months = 0;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: '2026-01-01T00:00:00Z' });
    const { host, password } = inject('cluster');
    superuser = new pg.Client({ host, password, user: 'postgres', database: platform.urls.owner.database });
    await superuser.connect();
    // What nobody of the service can do: rows are changed behind its back.
    await superuser.query('set session_replication_role = replica');
    tenants = await Promise.all([0, 1, 2].map(() => walletTenant(platform, 1_000_000_000n)));
  });
  afterAll(async () => {
    await superuser.end();
    await platform.close();
  });

  /** Each history has a month of its own, after all those before: months are sealed in turn. */
  const nextMonth = () => marketMonth(Temporal.PlainYearMonth.from('2026-02').add({ months: months++ }).toString());
  const close = ({ month, until }: MarketMonth) => closeMonth(platform.database, month, [elasticCharges], until);
  const day = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(marketTimeZone).toPlainDate();

  const buy = (tenant: bigint, cents: bigint, at: Temporal.Instant) =>
    testOrders(platform, at).buy(tenant, cents, { lines: [lineOf(cents - cents / 3n), lineOf(cents / 3n)] });

  async function refund(tenant: bigint, cents: bigint, at: Temporal.Instant) {
    const { orderId } = await buy(tenant, cents + 1n, at);
    const line = lineOf(cents);
    await platform.database.inTenant(tenant, async (tx) => {
      const { action: _, ...order } = orderOf(tenant, cents);
      const deal = await placeRefund(tx, tenant, order, at);
      await grantRefund(tx, tenant, deal, [{ line, orderId, back: { credit: 0n, cash: cents } }], at);
    });
  }

  let days = 0;
  async function charge(tenant: bigint, cents: bigint, at: Temporal.Instant) {
    const date = day(at).add({ days: days++ });
    const usage = {
      idempotencyKey: `elastic-charge/${tenant}/${date.toString()}`,
      reference: `${date.toString().replaceAll('-', '')}${tenant}`,
      instanceId: 'tcss-spec',
      regionCode: 'r',
      zoneCode: 'z',
      from: at,
      until: at,
      samples: [],
    };
    await platform.database.inSystem('test', async (tx) => {
      const [charged] = await chargeUsageOf(tx, [{ tenant, line: lineOf(cents, 'elastic-cores'), charge: usage }], at);
      await sql`insert into elastic_charges (tenant_id, day, hours, core_hours, cents, bill_id, charged_at)
        values (${tenant}, ${date.toString()}::date, 24, 1, ${cents}, ${charged?.billId}, ${at})`.execute(tx);
    });
  }

  async function addMoney(tenant: bigint, cents: bigint, at: Temporal.Instant) {
    await platform.database.inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'cash', cents }, at));
  }
  const steps = { buy, refund, charge, addMoney };
  interface Command {
    step: keyof typeof steps;
    tenant: number;
    cents: bigint;
    /** How far into the month. */
    at: number;
  }

  const history: fc.Arbitrary<Command[]> = fc.array(
    fc.record({
      step: fc.constantFrom('buy' as const, 'refund' as const, 'charge' as const, 'addMoney' as const),
      tenant: fc.nat({ max: 2 }),
      cents: fc.bigInt({ min: 1n, max: 1_000_000n }),
      // Of the month: its first and last second too.
      at: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { maxLength: 12 },
  );
  const live = async (month: MarketMonth, commands: readonly Command[]) => {
    const seconds = month.from.until(month.until, { largestUnit: 'second' }).seconds - 1;
    for (const { step, tenant, cents, at } of commands) {
      const instant = month.from.add({ seconds: Math.floor(seconds * at) });
      await steps[step](tenants[tenant] ?? 0n, cents, instant);
    }
  };

  it('finds no difference after any history of orders, charges and refunds, and sums what a naive count sums', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (commands) => {
        const month = nextMonth();
        await live(month, commands);
        const outcome = await close(month);
        const of = (...wanted: string[]) =>
          commands.filter(({ step }) => wanted.includes(step)).reduce((sum, { cents }) => sum + cents, 0n);
        const orders = of('buy', 'refund') + BigInt(commands.filter(({ step }) => step === 'refund').length);
        const [charges, refunds] = [of('charge'), of('refund')];
        const bills = orders + charges - refunds;
        expect(outcome).toMatchObject({ closed: true, close: { bills, ledger: bills, orders, charges, refunds } });
        // Again it is proved again, and is what it was.
        expect(await close(month)).toEqual(outcome);
      }),
      { numRuns: 12 },
    );
  });

  it('has the first second of its month and not that of the next', async () => {
    const [month, next] = [nextMonth(), nextMonth()];
    const [tenant = 0n] = tenants;
    for (const at of [month.from, month.until]) {
      await buy(tenant, 100n, at);
      await refund(tenant, 10n, at);
      await charge(tenant, 1n, at);
    }
    const sums = { billCount: 4n, bills: 102n, ledger: 102n, orders: 111n, charges: 1n, refunds: 10n };
    expect(await close(month)).toMatchObject({ closed: true, close: sums });
    expect(await close(next)).toMatchObject({ closed: true, close: sums });
  });

  const sum = (column: string) => `${column} = ${column} + 1`;
  it.each([
    ['what a bill shows', `update bills set ${sum('real_cents')}, ${sum('cash_cents')}`, 'listed with another amount'],
    [
      'a line of a bill',
      `update bills set document = replace(document, '"cents":"667"', '"cents":"668"')`,
      'listed with',
    ],
    ['whose bill it is', `update bills set document = replace(document, '"owner":"', '"owner":"9')`, 'names another'],
    ['a document that is none', `update bills set document = 'x'`, 'names another'],
    ['the order of a bill', `update bills set order_id = '20260101000000000000'`, 'a bill of nothing'],
    ['the month of a bill', `update bills set month = '2019-01'`, 'no bill'],
    ['a bill, deleted', `delete from bills`, 'no bill'],
    [
      'a bill, doubled',
      `insert into bills select tenant_id, bill_id || '9', order_id, month, billed_at, pay_mode, action_type, instance_id,
        region_code, original_cents, real_cents, cash_cents, credit_cents, voucher_cents, document from bills`,
      'more than one bill',
    ],
    ['one entry', `update ledger_entries set ${sum('cents')} where account = 'cash' and`, 'do not sum to zero'],
    ['revenue', `update ledger_entries set ${sum('cents')} where account like 'revenue/%' and`, 'not what was booked'],
    ['a booking, deleted', `delete from ledger_transactions where kind = 'payment' and`, 'not what was booked'],
    [
      'the instant of a booking',
      `update ledger_transactions set booked_at = '2019-01-01' where kind = 'payment' and`,
      'booked',
    ],
    ['an order', `update deals set ${sum('real_cents')}`, 'not what was ordered'],
    ['the state of an order', `update deals set status = 8`, 'a bill of nothing'],
    ['when an order was paid', `update deals set paid_at = null`, 'a bill of nothing'],
  ])('finds %s when it was changed', async (_, statement, reason) => {
    const month = nextMonth();
    const [tenant = 0n, other = 0n] = tenants;
    await buy(other, 500n, month.from);
    const { orderId } = await buy(tenant, 1000n, month.from);
    const table = /(?:update|from|into) (\w+)/.exec(statement)?.[1] ?? '';
    const ofOrder = table.startsWith('ledger_')
      ? `transaction_id in (select transaction_id from ledger_transactions where reference = '${orderId}')`
      : `order_id = '${orderId}'`;
    const where = statement.endsWith(' and') ? ` ${ofOrder}` : ` where ${ofOrder}`;
    const changed = await superuser.query(statement + where);
    expect(changed.rowCount).toBeGreaterThan(0);
    const outcome = await close(month);
    expect(outcome).toMatchObject({ closed: false });
    const differences = outcome.closed ? [] : outcome.differences;
    expect(new Set(differences.map((difference) => difference.tenant))).toEqual(new Set([tenant]));
    expect(differences.map((difference) => difference.reason).join('; ')).toContain(reason);
    const closes = await operatorCaller(platform)('DescribeMonthCloses');
    expect(JSON.stringify(closes)).not.toContain(month.month);
  });

  it.each([
    ['a charge', `update elastic_charges set cents = cents + 1`, charge, 'not what was ordered'],
    ['a charge, deleted', `delete from elastic_charges`, charge, 'a bill of nothing'],
    [
      'what was given back',
      `update deals set refunded_cents = refunded_cents - 1 where action = 'refund' and`,
      refund,
      'not what',
    ],
    [
      'a refund that never was',
      `update deals set status = 13 where action = 'refund' and`,
      refund,
      'a bill of nothing',
    ],
  ])('finds %s when it was changed', async (_, statement, step, reason) => {
    const month = nextMonth();
    const [tenant = 0n] = tenants;
    await step(tenant, 1000n, month.from);
    const at = statement.includes('elastic') ? 'charged_at' : 'paid_at';
    const where = statement.endsWith(' and') ? ' ' : ' where ';
    await superuser.query(`${statement}${where}${at} = $1`, [month.from.toString()]);
    const outcome = await close(month);
    expect(outcome.closed ? '' : outcome.differences.map((difference) => difference.reason).join()).toContain(reason);
  });

  it('finds a bill of an account that there is not', async () => {
    const month = nextMonth();
    const { orderId } = await buy(tenants[0] ?? 0n, 1000n, month.from);
    await superuser.query(
      `insert into bills select 1, bill_id, order_id, month, billed_at, pay_mode, action_type, instance_id, region_code,
        original_cents, real_cents, cash_cents, credit_cents, voucher_cents, document from bills where order_id = $1`,
      [orderId],
    );
    const outcome = await close(month);
    expect(outcome).toMatchObject({ closed: false, differences: [{ tenant: 1n, reason: 'a bill of nothing' }] });
  });

  it('finds what was changed after it, where all sums are still the same', async () => {
    const month = nextMonth();
    const [tenant = 0n] = tenants;
    const { orderId } = await buy(tenant, 1000n, month.from);
    expect((await close(month)).closed).toBe(true);
    const where = `where order_id = '${orderId}'`;
    await superuser.query(`update bills set document = replace(document, 'something', 'anything!') ${where}`);
    const changed = { tenant, reason: 'bills or bookings are not those of the close' };
    expect(await close(month)).toMatchObject({ closed: false, differenceCount: 1, differences: [changed] });
    await superuser.query(`update bills set document = replace(document, 'anything!', 'something') ${where}`);
    expect((await close(month)).closed).toBe(true);
  });

  it('lets nothing land in a closed month any more, and waits for who was booking when it began', async () => {
    const month = nextMonth();
    const [tenant = 0n] = tenants;
    const lastSecond = month.until.subtract({ seconds: 1 });
    const { promise: booked, resolve: hasBooked } = Promise.withResolvers<void>();
    const { promise: mayCommit, resolve: letCommit } = Promise.withResolvers<void>();
    const late = platform.database.inTenant(tenant, async (tx) => {
      await topUp(tx, tenant, { kind: 'cash', cents: 5n }, lastSecond);
      hasBooked();
      await mayCommit;
    });
    await booked;
    let done = false;
    const closing = close(month).then((outcome) => {
      done = true;
      return outcome;
    });
    await expect.poll(() => sealed(month)).toBe(true);
    expect(done).toBe(false);
    letCommit();
    await late;
    expect(await closing).toMatchObject({ closed: true, close: { accounts: 1 } });
    await expect(addMoney(tenant, 5n, lastSecond)).rejects.toThrow('a month that was closed');
    await expect(buy(tenant, 5n, lastSecond)).rejects.toThrow('a month that was closed');
    await addMoney(tenant, 5n, month.until);
    expect((await close(month)).closed).toBe(true);
  });

  const sealed = async ({ month }: MarketMonth) =>
    (await superuser.query('select from month_seals where month = $1', [month])).rowCount === 1;

  it('is asked by the operator, for a month that is over', async () => {
    const operator = operatorCaller(platform);
    expect(await errorCode(operator('CloseMonth', { Month: '2026-01' }))).toBe('FailedOperation.MonthNotOver');
    expect(await errorCode(operator('CloseMonth', { Month: '2026-13' }))).toBe('InvalidParameterValue');
    const { Close, ...rest } = await operator('CloseMonth', { Month: '2025-12' });
    expect(rest).toEqual({ Closed: true, DifferenceCount: 0, Differences: [] });
    const { List } = await operator('DescribeMonthCloses');
    expect(z.array(z.unknown()).parse(List).at(-1)).toEqual(Close);
    expect(Close).toMatchObject({ Month: '2025-12', Bills: '0.00', BillCount: 0, AccountCount: 0 });
  });
});
