import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket } from '../../../../tests/support/commercial-tenant.ts';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { asTenant, type SystemTransaction } from '../../platform/database/index.ts';
import { quantityInForce, readSubscriptions, stateAt } from '../../subscriptions/index.ts';
import { insertAccount, insertEdition, type EditionFacts } from './fixtures/elastic-tenant.ts';
import { recordSample } from './counted-cores.ts';
import { excessCores } from './rules.ts';
import { sampleAllAt, sampleHour } from './sample-hour.ts';

const hour = Temporal.Instant.from('2026-03-10T00:00:00Z');

interface Facts {
  editions: EditionFacts[];
  trial: { startedAt: Temporal.Instant; endsAt: Temporal.Instant } | undefined;
  counts: { from: Temporal.Instant; cores: bigint }[];
  debt: 'none' | 'open' | 'suspended';
}

/** Around the hour: often exactly at it, or a second before or after it. */
const around = fc.oneof(
  fc.constantFrom(-1, 0, 1),
  fc.integer({ min: -6 * 86_400, max: 6 * 86_400 }),
  fc.integer({ min: -6, max: 6 }).map((days) => days * 86_400),
);
const instant = around.map((seconds) => hour.add({ seconds }));
const span = fc
  .uniqueArray(instant, { minLength: 2, maxLength: 2, comparator: (a, b) => a.equals(b) })
  .map((both) => both.toSorted((a, b) => Temporal.Instant.compare(a, b)))
  .map(([from = hour, until = hour]) => ({ from, until }));
const few = fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 60 }));

const edition = (index: number, states: readonly EditionFacts['state'][]): fc.Arbitrary<EditionFacts> =>
  fc
    .record({
      life: span,
      state: fc.constantFrom(...states),
      isolationHours: fc.constantFrom(0, 1, 24, 120),
      elasticCap: fc.oneof(few, fc.constant(5_000)),
      grants: fc.array(
        fc.record({
          quantity: fc.bigInt({ min: 1n, max: 40n }),
          span,
          untilEnd: fc.boolean(),
          refunded: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ life, grants, ...facts }) => ({
      ...facts,
      instanceId: `tcss-${index}`,
      startedAt: life.from,
      endsAt: life.until,
      grants: grants
        .map((grant) => ({ ...grant, from: grant.span.from, until: grant.untilEnd ? life.until : grant.span.until }))
        .filter(({ from, until }) => Temporal.Instant.compare(from, until) < 0),
    }));

const facts: fc.Arbitrary<Facts> = fc.record({
  // Of one product one lives; any number of others were destroyed.
  editions: fc
    .tuple(
      fc.option(edition(1, ['active', 'isolated', 'stopped', 'destroyed']), { nil: undefined, freq: 8 }),
      fc.option(edition(2, ['destroyed']), { nil: undefined }),
    )
    .map((both) => both.filter((one) => one !== undefined)),
  trial: fc.option(
    span.map(({ from, until }) => ({ startedAt: from, endsAt: until })),
    { nil: undefined, freq: 2 },
  ),
  counts: fc.uniqueArray(fc.record({ from: instant, cores: few.map(BigInt) }), {
    maxLength: 4,
    selector: ({ from }) => from.toString(),
  }),
  debt: fc.constantFrom('none', 'none', 'open', 'suspended'),
});

/** What the pure rules say of a tenant at the hour; undefined for no sample. */
async function expectedSample(tx: SystemTransaction, tenant: bigint, { trial, counts, debt }: Facts) {
  const before = (one: Temporal.Instant, other: Temporal.Instant) => Temporal.Instant.compare(one, other) < 0;
  const subscriptions = await asTenant(tx, tenant, (own) => readSubscriptions(own, tenant));
  const working = subscriptions.find(
    (one) => ['active', 'isolated'].includes(stateAt(one, hour)) && !before(hour, one.startedAt),
  );
  const inTrial = trial && !before(hour, trial.startedAt) && before(hour, trial.endsAt);
  const counted = counts
    .filter(({ from }) => !before(hour, from))
    .toSorted((a, b) => Temporal.Instant.compare(a.from, b.from))
    .at(-1)?.cores;
  if (!working || inTrial || !counted) return undefined;
  const licensed = quantityInForce(working, hour);
  const cap = BigInt(working.protection?.elasticCap ?? -1);
  return {
    tenant_id: tenant,
    counted_cores: counted,
    licensed_cores: licensed,
    cap,
    suspended: debt === 'suspended',
    excess: debt === 'suspended' ? 0n : excessCores({ counted, licensed, cap }),
    instance_id: working.instanceId,
  };
}

async function insertFacts(tx: SystemTransaction, tenant: bigint, { editions, trial, counts, debt }: Facts) {
  await insertAccount(tx, tenant, hour);
  for (const one of editions) await insertEdition(tx, tenant, one);
  if (trial) {
    await sql`
      insert into trials (tenant_id, started_at, ends_at, gift)
      values (${tenant}, ${trial.startedAt}, ${trial.endsAt}, '{}')`.execute(tx);
  }
  for (const { from, cores } of counts) {
    await sql`insert into counted_cores values (${tenant}, ${from}, ${cores}, '{}')`.execute(tx);
  }
  if (debt !== 'none') {
    const suspendedAt = debt === 'suspended' ? hour : null;
    await sql`insert into elastic_debts values (${tenant}, ${hour.subtract({ hours: 24 })}, ${suspendedAt})`.execute(
      tx,
    );
  }
}

class Undone extends Error {}

describe('the samples of an hour, made by the database', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  /** Does it, looks, and takes it back. */
  const inPassing = async (work: (tx: SystemTransaction) => Promise<void>) => {
    const attempt = platform.database.inSystem('spec', async (tx) => {
      await work(tx);
      throw new Undone();
    });
    await expect(attempt).rejects.toThrow(Undone);
  };

  it('are what the rules say, for any tenants', async () => {
    let samples = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(facts, { minLength: 30, maxLength: 40 }), async (tenants) => {
        await inPassing(async (tx) => {
          const numbered = tenants.map((one, index) => [100_000_000_000n + BigInt(index), one] as const);
          for (const [tenant, one] of numbered) await insertFacts(tx, tenant, one);
          await sampleAllAt(tx, hour);
          const expected = [];
          for (const [tenant, one] of numbered) expected.push(await expectedSample(tx, tenant, one));
          const known = expected.filter((one) => one !== undefined);
          samples += known.length;
          const { rows } = await sql`
            select tenant_id, counted_cores, licensed_cores, cap, suspended, excess, instance_id
            from elastic_samples order by tenant_id`.execute(tx);
          expect(rows).toEqual(known);
          const { rows: open } = await sql`select tenant_id, day::text from uncharged_days order by tenant_id`.execute(
            tx,
          );
          expect(open).toEqual(
            known.filter(({ excess }) => excess > 0n).map(({ tenant_id }) => ({ tenant_id, day: '2026-03-10' })),
          );
        });
      }),
      { numRuns: 10 },
    );
    expect(samples, 'of some tenants there is something to sample').toBeGreaterThan(20);
  });

  it('are made once, and the day is open once', async () => {
    await inPassing(async (tx) => {
      const [from, until] = [hour.subtract({ hours: 48 }), hour.add({ hours: 48 })];
      await insertFacts(tx, 100_000_000_000n, {
        editions: [
          {
            instanceId: 'tcss-1',
            state: 'active',
            startedAt: from,
            endsAt: until,
            isolationHours: 0,
            elasticCap: 10,
            grants: [{ quantity: 1n, from, until }],
          },
        ],
        trial: undefined,
        counts: [{ from, cores: 5n }],
        debt: 'none',
      });
      for (const at of [hour, hour, hour.add({ hours: 1 })]) await sampleAllAt(tx, at);
      const { rows } = await sql`select excess from elastic_samples`.execute(tx);
      expect(rows).toEqual([{ excess: 4n }, { excess: 4n }]);
      const { rows: open } = await sql`select from uncharged_days`.execute(tx);
      expect(open).toHaveLength(1);
    });
  });
});

describe('the next hour to sample', () => {
  it('is none until somebody counts cores, and none when nobody does any more', async () => {
    const market = await openMarket('2026-03-01T09:30:00+08:00');
    try {
      const customer = await market.customer(0);
      const next = () =>
        market.database.inSystem('spec', async (tx) => {
          const now = await market.clock.now(tx);
          return sampleHour.nextDue(tx, { doneAt: now, now });
        });
      const count = (from: string, cores: bigint) =>
        market.database.inTenant(customer.tenant, (tx) =>
          recordSample(tx, customer.tenant, { from: Temporal.Instant.from(from), cores, source: {} }),
        );
      expect(await next()).toBeUndefined();
      await count('2026-03-01T10:00:00+08:00', 5n);
      expect(await next()).toEqual(Temporal.Instant.from('2026-03-01T10:00:00+08:00'));
      // What is told late of an earlier time is not the newest.
      await count('2026-03-01T09:00:00+08:00', 0n);
      expect(await next()).toBeDefined();
      await count('2026-03-01T10:00:00+08:00', 0n);
      expect(await next()).toBeUndefined();
      await count('2026-03-01T11:00:00+08:00', 1n);
      expect(await next()).toBeDefined();
      await market.database.inTenant(customer.tenant, (tx) => sql`delete from counted_cores`.execute(tx));
      expect(await next()).toBeUndefined();
    } finally {
      await market.close();
    }
  });
});
