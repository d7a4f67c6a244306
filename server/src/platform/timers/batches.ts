/**
 * Batches: what all tenants need at one instant, such as a sample every hour. A batch is not in the queue: the loop of the
 * timers runs it, in one process at a time, and runs it again when that process dies.
 */
import { sql } from 'kysely';
import { holdWithoutTimeouts } from '../clock/index.ts';
import type { SystemTransaction } from '../database/index.ts';
import type { Platform } from '../platform.ts';

export interface Batch {
  /** `<domain>.<what it does>`; stands in the database. */
  readonly name: string;
  /**
   * When it has something to do next, after all that was due until `doneAt` is done; undefined for nothing, so that years
   * pass quickly where nobody needs it. May lie before `now`: then it is late.
   */
  nextDue(
    tx: SystemTransaction,
    when: { doneAt: Temporal.Instant; now: Temporal.Instant },
  ): Promise<Temporal.Instant | undefined>;
  /** Does what is due at `dueAt`. Idempotent: where a process was killed it runs again. */
  run(platform: BatchPlatform, when: { dueAt: Temporal.Instant; now: Temporal.Instant }): Promise<void>;
}

/** What a batch works with. */
export type BatchPlatform = Pick<Platform, 'database' | 'log'>;

/** A batch that waits for its instant. */
export interface WaitingBatch {
  batch: Batch;
  dueAt: Temporal.Instant;
}

let installed: readonly Batch[] = [];

/** Installs the process's one list of batches, in the order in which those of one instant run. */
export function installBatches(list: readonly Batch[]): void {
  if (installed.length > 0 && installed !== list) throw new Error('the batches of this process are already installed');
  installed = list;
}

/** All batches that have something to do, those that are due first before the others. */
export async function waitingBatches(tx: SystemTransaction, now: Temporal.Instant): Promise<WaitingBatch[]> {
  const waiting: WaitingBatch[] = [];
  for (const batch of installed) {
    const dueAt = await batch.nextDue(tx, { doneAt: await doneAt(tx, batch, now), now });
    if (dueAt) waiting.push({ batch, dueAt });
  }
  return waiting.toSorted((one, other) => Temporal.Instant.compare(one.dueAt, other.dueAt));
}

/** Runs a batch if it is still due when its turn has come; false where another process was faster. */
export async function runBatch(platform: Platform, batch: Batch): Promise<boolean> {
  return platform.database.inSystem(`batch ${batch.name}`, async (lock) => {
    await holdWithoutTimeouts(lock);
    await sql`select from batches where name = ${batch.name} for update`.execute(lock);
    const now = await platform.clock.now(lock);
    const dueAt = await batch.nextDue(lock, { doneAt: await doneAt(lock, batch, now), now });
    if (!dueAt || Temporal.Instant.compare(dueAt, now) > 0) return false;
    await batch.run(platform, { dueAt, now });
    await sql`update batches set done_at = ${dueAt} where name = ${batch.name}`.execute(lock);
    return true;
  });
}

/** A batch begins with the first look at it: nothing was due before. */
async function doneAt(tx: SystemTransaction, { name }: Batch, now: Temporal.Instant): Promise<Temporal.Instant> {
  const read = sql<{ done_at: Temporal.Instant }>`select done_at from batches where name = ${name}`;
  const [row] = (await read.execute(tx)).rows;
  if (row) return row.done_at;
  await sql`insert into batches (name, done_at) values (${name}, ${now}) on conflict do nothing`.execute(tx);
  return (await read.execute(tx)).rows[0]?.done_at ?? now;
}
