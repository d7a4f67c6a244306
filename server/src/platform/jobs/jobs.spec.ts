import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { enqueue, enqueueAll, job, startJobRunner, type Job, type JobRunner } from './index.ts';

const [one, two] = [111_111_111_111n, 222_222_222_222n];

describe('jobs', () => {
  let platform: TestPlatform;
  const runners: JobRunner[] = [];
  const ran: string[] = [];
  beforeEach(async () => {
    ran.length = 0;
    platform = await testPlatform();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await platform.close();
  });

  const note = job({
    name: 'spec.note',
    data: z.object({ name: z.string() }),
    maxAttempts: 3,
    run: ({ tenant }, { name }) => Promise.resolve(void ran.push(`${name} of ${tenant}`)),
  });
  const start = async (jobs: readonly Job[], concurrency = 2) => {
    const runner = await startJobRunner(platform, { jobs, concurrency });
    runners.push(runner);
    return runner;
  };
  const add = (name: string, key = name, tenant = one) =>
    platform.database.inTenant(tenant, (tx) => enqueue(tx, note, { name }, { key }));
  const queued = async () => {
    const { rows } = await platform.database.systemPool.query<{ key: string; attempts: number; locked_by: string }>(
      'select key, attempts, locked_by from graphile_worker._private_jobs order by key',
    );
    return rows;
  };

  it('are there when their transaction is committed, for their own tenant', async () => {
    await start([note] as readonly Job[]);
    await platform.database.inTenant(one, async (tx) => {
      await enqueue(tx, note, { name: 'kept' }, { key: 'kept' });
      await sleep(100);
      expect(ran).toEqual([]);
    });
    const undone = platform.database.inTenant(one, async (tx) => {
      await enqueue(tx, note, { name: 'undone' }, { key: 'undone' });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await add('other', 'kept', two);
    await expect.poll(() => ran.toSorted()).toEqual([`kept of ${one}`, `other of ${two}`]);
    await expect.poll(queued).toEqual([]);
  });

  it('of one key are one: what has not begun is replaced', async () => {
    await add('first', 'key');
    await add('second', 'key');
    await add('other tenant', 'key', two);
    await platform.database.inTenant(one, (tx) =>
      enqueueAll(tx, note, [
        { data: { name: 'third' }, key: 'key' },
        { data: { name: 'more' }, key: 'more' },
      ]),
    );
    expect(await queued()).toHaveLength(3);
    await start([note] as readonly Job[]);
    await expect.poll(() => ran.toSorted()).toEqual([`more of ${one}`, `other tenant of ${two}`, `third of ${one}`]);
  });

  it('of one queue run one after the other, without waiting between them', async () => {
    let running = 0;
    let most = 0;
    const serial = job({
      name: 'spec.serial',
      data: z.object({}),
      maxAttempts: 1,
      async run() {
        running += 1;
        most = Math.max(most, running);
        await sleep(5);
        running -= 1;
        ran.push('serial');
      },
    });
    await start([serial] as readonly Job[], 4);
    await platform.database.inTenant(one, (tx) =>
      enqueueAll(
        tx,
        serial,
        Array.from({ length: 40 }, (_, index) => ({ data: {}, key: String(index), queue: 'one' })),
      ),
    );
    // Were each to wait for the next poll, this would take 20 s and more.
    await expect.poll(() => ran.length, { timeout: 15_000 }).toBe(40);
    expect(most).toBe(1);
  });

  it('that fail are tried again; what is left after the last attempt stays to be seen', async () => {
    let failures = 0;
    const flaky = job({
      name: 'spec.flaky',
      data: z.object({ name: z.string() }),
      maxAttempts: 2,
      run(_, { name }) {
        if (name === 'hopeless' || failures++ === 0) return Promise.reject(new Error(`${name} failed`));
        return Promise.resolve(void ran.push(name));
      },
    });
    await start([flaky] as readonly Job[]);
    await platform.database.inTenant(one, (tx) => enqueue(tx, flaky, { name: 'once' }, { key: 'once' }));
    await platform.database.inTenant(one, (tx) => enqueue(tx, flaky, { name: 'hopeless' }, { key: 'hopeless' }));
    await expect.poll(() => ran, { timeout: 10_000 }).toEqual(['once']);
    await expect
      .poll(queued, { timeout: 10_000 })
      .toEqual([{ key: `${one}/spec.flaky/hopeless`, attempts: 2, locked_by: null }]);
  });

  it('end before an orderly stop does, and hear of it', async () => {
    const heard: unknown[] = [];
    const slow = job({
      name: 'spec.slow',
      data: z.object({}),
      maxAttempts: 1,
      async run({ signal }) {
        ran.push('begun');
        await once(signal, 'abort');
        heard.push(signal.reason);
        await sleep(200);
        ran.push('ended');
      },
    });
    const runner = await start([slow] as readonly Job[]);
    await platform.database.inTenant(one, (tx) => enqueue(tx, slow, {}, { key: 'slow' }));
    await expect.poll(() => ran).toEqual(['begun']);
    await runner.stop();
    runners.length = 0;
    expect(ran).toEqual(['begun', 'ended']);
    expect(heard).toEqual([expect.objectContaining({ message: 'the service stops' })]);
    expect(await queued()).toEqual([]);
    const { rows } = await platform.database.systemPool.query('select from job_workers');
    expect(rows).toHaveLength(0);
  });

  describe('of a process', () => {
    const finishing = job({
      name: 'spec.hanging',
      data: z.object({}),
      maxAttempts: 5,
      run: () => Promise.resolve(void ran.push('finished')),
    });
    const workers = async (graceEnds: string) => {
      const { rows } = await platform.database.systemPool.query<{ worker_id: string }>(
        'select worker_id from dead_job_workers($1)',
        [graceEnds],
      );
      return rows;
    };

    it('that lives are its own, however long they take; of one that was killed, they are given back', async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/worker-process.ts')], {
        env: { SPEC_URLS: JSON.stringify(platform.urls) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await platform.database.inTenant(one, (tx) => enqueue(tx, finishing, {}, { key: 'hanging' }));
      const [output] = (await once(child.stdout, 'data')) as [Buffer];
      expect(output.toString()).toBe('running\n');
      // As if the grace for registering were long over.
      expect(await workers('2100-01-01T00:00:00Z')).toEqual([]);
      await start([finishing] as readonly Job[]);
      await sleep(200);
      expect(ran).toEqual([]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await start([finishing] as readonly Job[]);
      await expect.poll(() => ran, { timeout: 8_000 }).toEqual(['finished']);
    });

    it('stay its own when its connection breaks', async () => {
      let end = () => undefined as void;
      const waiting = job({
        name: 'spec.waiting',
        data: z.object({}),
        maxAttempts: 5,
        run: () => new Promise<void>((resolve) => (end = () => (ran.push('ended'), resolve()))),
      });
      await start([waiting] as readonly Job[]);
      await platform.database.inTenant(one, (tx) => enqueue(tx, waiting, {}, { key: 'waiting' }));
      await expect.poll(async () => (await queued())[0]?.attempts).toBe(1);
      const { systemPool } = platform.database;
      const holders =
        "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
      const holder = async () => (await systemPool.query<{ pid: number }>(holders)).rows.map(({ pid }) => pid);
      const before = await holder();
      expect(before).toHaveLength(1);
      await systemPool.query('select pg_terminate_backend($1)', before);
      await expect.poll(holder, { timeout: 5_000 }).toEqual([expect.not.toBeOneOf(before)]);
      expect(await workers('2100-01-01T00:00:00Z')).toEqual([]);
      // Long enough for the process to look for jobs of the dead.
      await sleep(2_500);
      expect(await queued()).toMatchObject([{ attempts: 1, locked_by: expect.any(String) }]);
      end();
      await expect.poll(queued).toEqual([]);
      expect(ran).toEqual(['ended']);
    });
  });
});
