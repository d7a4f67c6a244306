import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { count, counterNames, readCounters } from '../counters/index.ts';
import {
  announce,
  announceAllTo,
  announceTo,
  defineEvent,
  installSubscribers,
  subscriber,
  type Subscriber,
} from './index.ts';

const opened = defineEvent('spec.opened', z.object({ size: z.int() }));
const closed = defineEvent('spec.closed', z.object({}));
const tenant = 111_111_111_111n;
const now = Temporal.Instant.from('2026-03-01T00:00:00Z');

type Tables = { events: { tenant_id: bigint; type: string; happened_at: Temporal.Instant; payload: unknown } };

describe('an event', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  const events = () =>
    platform.database.inTenant(tenant, (tx) =>
      tx.withTables<Tables>().selectFrom('events').select(['type', 'happened_at', 'payload']).orderBy('type').execute(),
    );
  const counted = () =>
    platform.database.inTenant(tenant, async (tx) => (await readCounters(tx, tenant))(counterNames.hostCores));
  const tell = (list: readonly Subscriber[], size: number) =>
    platform.database.inTenant(tenant, (tx) => announceTo(list, { tx, tenant, now }, opened, { size }));

  it('is heard in the listed order, in the same transaction, by its own subscribers only', async () => {
    const heard: string[] = [];
    const list = [
      subscriber('first', opened, async ({ tx }, { size }) => {
        heard.push(`first ${size}`);
        await count(tx, tenant, counterNames.hostCores, BigInt(size));
      }),
      subscriber('other', closed, () => Promise.reject(new Error('not meant'))),
      subscriber('second', opened, async ({ tx, now: at }) => {
        const seen = (await readCounters(tx, tenant))(counterNames.hostCores);
        heard.push(`second sees ${seen} at ${at.toString()}`);
      }),
    ];
    await tell(list, 3);
    expect(heard).toEqual(['first 3', 'second sees 3 at 2026-03-01T00:00:00Z']);
    expect(await events()).toEqual([{ type: 'spec.opened', happened_at: now, payload: { size: 3 } }]);
    expect(await counted()).toBe(3n);
  });

  it('is undone with everything when a subscriber fails', async () => {
    const before = await events();
    const list = [
      subscriber('counts', opened, ({ tx }) => count(tx, tenant, counterNames.hostCores, 1n)),
      subscriber('fails', opened, () => Promise.reject(new Error('no'))),
    ];
    await expect(tell(list, 1)).rejects.toThrow('no');
    expect(await events()).toEqual(before);
    expect(await counted()).toBe(3n);
  });

  it('is refused with another payload than it declares', async () => {
    const before = await events();
    await expect(tell([], 1.5)).rejects.toThrow();
    expect(await events()).toEqual(before);
  });

  it('goes to the one list of the process', async () => {
    await platform.database.inTenant(tenant, (tx) => announce({ tx, tenant, now }, closed, {}));
    expect((await events()).map(({ type }) => type)).toEqual(['spec.closed', 'spec.opened']);
    expect(() => installSubscribers([])).toThrow('already installed');
  });
});

describe('what happened to many tenants', () => {
  const [one, two] = [333_333_333_333n, 444_444_444_444n];
  const both = [
    { tenant: one, payload: { size: 1 } },
    { tenant: two, payload: { size: 2 } },
  ];
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  const tell = (list: readonly Subscriber[]) =>
    platform.database.inSystem('spec', async (tx) => {
      await announceAllTo(list, tx, opened, both, now);
      const { rows } = await sql<{ tenant_id: bigint }>`select tenant_id from events order by tenant_id`.execute(tx);
      return rows;
    });

  it('is heard for each as its own, by who sees nothing of the others', async () => {
    const heard: unknown[] = [];
    const counts = subscriber('counts', opened, async ({ tx, tenant: who }, { size }) => {
      await count(tx, who, counterNames.hostCores, BigInt(size));
      // Without a condition: what the role may see.
      const { rows } = await sql`select tenant_id, value from counters`.execute(tx);
      heard.push(rows);
    });
    expect(await tell([counts])).toEqual([{ tenant_id: one }, { tenant_id: two }]);
    expect(heard).toEqual([[{ tenant_id: one, value: 1n }], [{ tenant_id: two, value: 2n }]]);
  });

  it('is undone for all when a subscriber reaches for another tenant, or fails', async () => {
    const reaches = subscriber('reaches', opened, ({ tx }) => count(tx, two, counterNames.clusterCores, 1n));
    await expect(tell([reaches])).rejects.toThrow(/row-level security/);
    const { rows } = await platform.database.inSystem('spec', (tx) => sql`select from events`.execute(tx));
    expect(rows).toHaveLength(2);
  });
});

describe('a counter', () => {
  it('adds and takes away, for its tenant, under any concurrency', async () => {
    const platform = await testPlatform();
    try {
      const add = (who: bigint, amount: bigint) =>
        platform.database.inTenant(who, (tx) => count(tx, who, counterNames.registryImages, amount));
      await Promise.all(Array.from({ length: 20 }, () => add(tenant, 5n)));
      await Promise.all([add(tenant, -1n), add(tenant, 0n), add(222_222_222_222n, 7n)]);
      const read = await platform.database.inTenant(tenant, (tx) => readCounters(tx, tenant));
      expect(read(counterNames.registryImages)).toBe(99n);
      expect(read(counterNames.clusterCores)).toBe(0n);
    } finally {
      await platform.close();
    }
  });
});
