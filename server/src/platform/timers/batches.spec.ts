import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';

const fixture = join(import.meta.dirname, 'fixtures/batch-process.ts');
const lateSeconds = 20;

interface Run {
  due_at: Temporal.Instant;
  process: number;
}

describe('batches, in processes of their own', () => {
  let platform: TestPlatform;
  const processes = new Set<ChildProcess>();
  /** Since when each batch is late; known to the second, as business time is. */
  let doneAt: Temporal.Instant;
  beforeEach(async () => {
    platform = await testPlatform();
    const owner = new pg.Client(platform.urls.owner);
    await owner.connect();
    await owner.query(
      `create table spec_runs (batch text not null, due_at timestamptz not null, process integer not null);
      grant select, insert on spec_runs to wharfinger_system`,
    );
    await owner.end();
    doneAt = Temporal.Now.instant().round('second').subtract({ seconds: lateSeconds });
    await platform.database.inSystem('test', (tx) =>
      sql`insert into batches (name, done_at)
        select name, ${doneAt} from unnest(${['spec.ticking', 'spec.failing', 'spec.hanging']}::text[]) name`.execute(
        tx,
      ),
    );
  });
  afterEach(async () => {
    await Promise.all([...processes].map(kill));
    await platform.close();
  });

  function start(...batches: string[]): ChildProcess {
    const child = spawn(process.execPath, [fixture], {
      env: { SPEC_URLS: JSON.stringify(platform.urls), SPEC_BATCHES: batches.join(',') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    processes.add(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    processes.delete(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  const runs = (batch: string) =>
    platform.database.inSystem('test', async (tx) => {
      const read = sql<Run>`select due_at, process from spec_runs where batch = ${batch} order by due_at`;
      return (await read.execute(tx)).rows;
    });
  const count = async (batch: string) => (await runs(batch)).length;
  const patience = { timeout: 30_000, interval: 50 };

  /** Every second since `doneAt`, none twice and none left out. */
  function expectOnceEach(found: readonly Run[]): void {
    expect(found.map(({ due_at }) => due_at.toString())).toEqual(
      found.map((_, index) => doneAt.add({ seconds: index + 1 }).toString()),
    );
  }

  it('run each due instant once, in order, whichever of two processes comes first, and make up for what was missed', async () => {
    const [one, two] = [start('ticking'), start('ticking')];
    await expect.poll(() => count('ticking'), patience).toBeGreaterThan(lateSeconds + 2);
    await Promise.all([kill(one), kill(two)]);
    expectOnceEach(await runs('ticking'));
  });

  it('run again for the same instant when their process is killed, by another one', async () => {
    const first = start('hanging');
    await expect.poll(() => count('hanging'), patience).toBe(1);
    const second = start('hanging');
    // The living one waits for as long as the first one holds the batch.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await count('hanging')).toBe(1);
    await kill(first);
    await expect.poll(() => count('hanging'), patience).toBeGreaterThan(3);
    await kill(second);
    const [killed, again, ...others] = await runs('hanging');
    expect([killed?.due_at, again?.due_at].map(String)).toEqual(Array(2).fill(doneAt.add({ seconds: 1 }).toString()));
    expect(new Set([killed?.process, again?.process])).toEqual(new Set([first.pid, second.pid]));
    expect(others.every((run) => run.process === second.pid)).toBe(true);
    expectOnceEach(again ? [again, ...others] : []);
  });

  it('keep no other from running when one fails, which is tried again for the same instant', async () => {
    start('failing', 'ticking');
    await expect.poll(() => count('ticking'), patience).toBeGreaterThan(lateSeconds + 2);
    expectOnceEach(await runs('ticking'));
    const failed = await runs('failing');
    expect(failed.length).toBeGreaterThan(1);
    expect(new Set(failed.map(({ due_at }) => due_at.toString()))).toEqual(
      new Set([doneAt.add({ seconds: 1 }).toString()]),
    );
  });
});
