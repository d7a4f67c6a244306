import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { job, startJobRunner, type Job, type JobRunner } from '../jobs/index.ts';
import { advanceTestClock, clearTimer, setTimer, startTimerLoop } from './index.ts';

const [one, two] = [111_111_111_111n, 222_222_222_222n];
const start = Temporal.Instant.from('2026-03-01T00:00:00Z');
const hour = (hours: number) => start.add({ hours });

/** What happened, told by the jobs themselves: name, tenant, and where the clock stood. */
const happened: string[] = [];
let failures = 0;

const note = job({
  name: 'spec.note',
  data: z.object({ name: z.string(), slowMs: z.number().optional() }),
  maxAttempts: 3,
  async run({ platform, tenant }, { name, slowMs }) {
    if (slowMs) await new Promise((resolve) => setTimeout(resolve, slowMs));
    const now = await platform.database.inTenant(tenant, (tx) => platform.clock.now(tx));
    happened.push(`${name} of ${tenant} at ${now.toString()}`);
  },
});

/** Sets itself again, an hour later, until `until`. */
const hourlyData = z.object({ due: z.string(), until: z.string() });
const hourly: Job<z.infer<typeof hourlyData>> = job({
  name: 'spec.hourly',
  data: hourlyData,
  maxAttempts: 3,
  run({ platform, tenant }, { due, until }) {
    happened.push(`hourly at ${due}`);
    const next = Temporal.Instant.from(due).add({ hours: 1 });
    if (Temporal.Instant.compare(next, Temporal.Instant.from(until)) > 0) return Promise.resolve();
    return platform.database.inTenant(tenant, (tx) =>
      setTimer(tx, tenant, { key: 'hourly', dueAt: next, job: hourly, data: { due: next.toString(), until } }),
    );
  },
});

const failing = job({
  name: 'spec.failing',
  data: z.object({}),
  maxAttempts: 5,
  run() {
    if (failures === 0) return Promise.resolve(void happened.push('mended'));
    failures -= 1;
    return Promise.reject(new Error('the disk is full'));
  },
});

describe('timers under a test clock', () => {
  let platform: TestPlatform;
  let runner: JobRunner;
  beforeEach(async () => {
    happened.length = 0;
    failures = 0;
    platform = await testPlatform({ testClock: start.toString() });
    runner = await startJobRunner(platform, { jobs: [note, hourly, failing] as readonly Job[], concurrency: 4 });
  });
  afterEach(async () => {
    await runner.stop();
    await platform.close();
  });

  const set = (tenant: bigint, key: string, dueAt: Temporal.Instant, slowMs?: number) =>
    platform.database.inTenant(tenant, (tx) =>
      setTimer(tx, tenant, { key, dueAt, job: note, data: { name: key, ...(slowMs && { slowMs }) } }),
    );
  const advance = (to: Temporal.Instant) => advanceTestClock(platform, () => to);
  const clock = () => platform.database.inSystem('test', (tx) => platform.clock.now(tx));

  it('fire in order, each at its own instant, and all that is due there ends first', async () => {
    await set(one, 'b', hour(2));
    await set(two, 'a', hour(1), 80);
    await set(one, 'c', hour(2), 80);
    await set(two, 'd', hour(3));
    await set(two, 'e', hour(5));
    expect(await advance(hour(4))).toEqual({ now: hour(4), fired: 4 });
    expect(happened).toEqual([
      `a of ${two} at 2026-03-01T01:00:00Z`,
      `b of ${one} at 2026-03-01T02:00:00Z`,
      `c of ${one} at 2026-03-01T02:00:00Z`,
      `d of ${two} at 2026-03-01T03:00:00Z`,
    ]);
    expect(await clock()).toEqual(hour(4));
    expect(await advance(hour(5).subtract({ seconds: 1 }))).toMatchObject({ fired: 0 });
    expect(await advance(hour(5))).toMatchObject({ fired: 1 });
    expect(happened.at(-1)).toBe(`e of ${two} at 2026-03-01T05:00:00Z`);
  });

  it('fire once for a key: set again they move, cleared they are gone, rolled back they never were', async () => {
    await set(one, 'moved', hour(1));
    await set(one, 'moved', hour(3));
    await set(two, 'moved', hour(1));
    await set(one, 'cleared', hour(1));
    await platform.database.inTenant(one, (tx) => clearTimer(tx, one, 'cleared'));
    await platform.database.inTenant(one, (tx) => clearTimer(tx, one, 'never was'));
    const rolledBack = platform.database.inTenant(one, async (tx) => {
      await setTimer(tx, one, { key: 'rolled back', dueAt: hour(1), job: note, data: { name: 'x' } });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await advance(hour(2))).toMatchObject({ fired: 1 });
    expect(await advance(hour(9))).toMatchObject({ fired: 1 });
    expect(happened).toEqual([`moved of ${two} at ${hour(1).toString()}`, `moved of ${one} at ${hour(3).toString()}`]);
  });

  it('that a job sets for later in the same move fire in it too', async () => {
    const data = { due: hour(1).toString(), until: hour(5).toString() };
    await platform.database.inTenant(one, (tx) =>
      setTimer(tx, one, { key: 'hourly', dueAt: hour(1), job: hourly, data }),
    );
    await set(two, 'between', hour(2).add({ minutes: 30 }));
    expect(await advance(hour(24))).toEqual({ now: hour(24), fired: 6 });
    const times = (hours: number) => `hourly at ${hour(hours).toString()}`;
    expect(happened).toEqual([
      times(1),
      times(2),
      `between of ${two} at 2026-03-01T02:30:00Z`,
      times(3),
      times(4),
      times(5),
    ]);
  });

  it('that were due in the past fire without moving the clock back', async () => {
    await advance(hour(10));
    await set(one, 'late', hour(1));
    expect(await advance(hour(10))).toMatchObject({ fired: 1 });
    expect(happened).toEqual([`late of ${one} at ${hour(10).toString()}`]);
  });

  it('whose job fails hold the clock there; the next move tries it again before anything else', async () => {
    failures = 2;
    const failAt = (dueAt: Temporal.Instant) =>
      platform.database.inTenant(one, (tx) => setTimer(tx, one, { key: 'failing', dueAt, job: failing, data: {} }));
    await failAt(hour(2));
    await set(two, 'later', hour(3));
    const refusal = { code: 'FailedOperation.JobFailed', message: expect.stringContaining('the disk is full') };
    await expect(advance(hour(4))).rejects.toMatchObject(refusal);
    expect(await clock()).toEqual(hour(2));
    await expect(advance(hour(4))).rejects.toMatchObject(refusal);
    expect(await clock()).toEqual(hour(2));
    expect(happened).toEqual([]);
    expect(await advance(hour(4))).toEqual({ now: hour(4), fired: 1 });
    expect(happened).toEqual(['mended', `later of ${two} at ${hour(3).toString()}`]);
  });

  it('are many at one instant: all fire before the clock goes on', async () => {
    const tenants = Array.from({ length: 102 }, (_, index) => 500_000_000_000n + BigInt(index));
    for (const tenant of tenants) {
      await platform.database.inTenant(tenant, async (tx) => {
        for (let index = 0; index < 10; index += 1) {
          await setTimer(tx, tenant, { key: `many-${index}`, dueAt: hour(1), job: note, data: { name: `${index}` } });
        }
      });
    }
    expect(await advance(hour(2))).toMatchObject({ fired: 1_020 });
    const expected = tenants.flatMap((tenant) =>
      Array.from({ length: 10 }, (_, index) => `${index} of ${tenant} at ${hour(1).toString()}`),
    );
    expect(happened.toSorted()).toEqual(expected.toSorted());
    const ofOne = happened.filter((line) => line.includes(`of ${tenants[0]}`));
    expect(ofOne, 'of one tenant one after the other').toEqual(expected.slice(0, 10));
  });

  it('fire daily through a whole year', async () => {
    const days = 365;
    await platform.database.inTenant(one, async (tx) => {
      for (let day = 1; day <= days; day += 1) {
        const dueAt = hour(24 * day);
        await setTimer(tx, one, { key: `day-${day}`, dueAt, job: note, data: { name: `day ${day}` } });
      }
    });
    expect(await advance(hour(24 * 366))).toMatchObject({ fired: days });
    const expected = Array.from({ length: days }, (_, index) => {
      return `day ${index + 1} of ${one} at ${hour(24 * (index + 1)).toString()}`;
    });
    expect(happened).toEqual(expected);
  });

  describe('and the clock itself', () => {
    it('moves forwards only, also for whoever writes to its row', async () => {
      await advance(hour(2));
      await expect(advance(hour(1))).rejects.toMatchObject({ code: 'FailedOperation.ClockBackwards' });
      expect(await advance(hour(2))).toEqual({ now: hour(2), fired: 0 });
      for (const statement of [`set test_now = '2020-01-01Z'`, `set mode = 'machine', test_now = null`]) {
        await expect(platform.database.systemPool.query(`update clock ${statement}`)).rejects.toThrow(/clock/);
      }
      expect(await clock()).toEqual(hour(2));
    });

    it('adds up moves at once, each firing what it passes, nothing twice', async () => {
      await set(one, 'x', hour(1));
      await set(one, 'y', hour(3));
      const moves = Array.from({ length: 4 }, () => advanceTestClock(platform, (now) => now.add({ hours: 1 })));
      const results = await Promise.all(moves);
      expect(results.map(({ now }) => now.toString()).toSorted()).toEqual([1, 2, 3, 4].map((n) => hour(n).toString()));
      expect(results.reduce((sum, { fired }) => sum + fired, 0)).toBe(2);
      expect(await clock()).toEqual(hour(4));
    });
  });
});

describe('timers in real time', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  it('fire within moments of their instant, and not before', async () => {
    happened.length = 0;
    const runner = await startJobRunner(platform, { jobs: [note] as readonly Job[], concurrency: 2 });
    const stop = startTimerLoop(platform);
    try {
      const now = Temporal.Now.instant();
      await platform.database.inTenant(one, async (tx) => {
        await setTimer(tx, one, { key: 'soon', dueAt: now, job: note, data: { name: 'soon' } });
        await setTimer(tx, one, { key: 'far', dueAt: now.add({ hours: 1 }), job: note, data: { name: 'far' } });
      });
      await expect.poll(() => happened, { timeout: 10_000 }).toEqual([expect.stringMatching(/^soon of/)]);
    } finally {
      await stop();
      await runner.stop();
    }
  });
});
