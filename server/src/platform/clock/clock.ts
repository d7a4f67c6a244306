/**
 * Business time: whole seconds, a parameter of every rule. The real clock is machine time cut to seconds; a test clock
 * is one row of the database that all processes read, and moves forwards only. The first start decides which.
 */
import { sql } from 'kysely';
import { ActionError } from '../errors.ts';
import { machineTime } from '../machine-time.ts';
import type { AppTransaction, Database, SystemTransaction } from '../database/index.ts';

export interface Clock {
  readonly mode: 'machine' | 'test';
  /** Business time, as this transaction sees it. */
  now(tx: AppTransaction | SystemTransaction): Promise<Temporal.Instant>;
}

type ClockTables = {
  clock: { only_row: boolean; mode: 'machine' | 'test'; test_now: Temporal.Instant | null };
};

/**
 * Reads which clock this database has; on its first start writes the wanted one. Throws when a test clock is wanted for
 * a database that has already lived in real time.
 */
export async function openClock(database: Database, wanted: Temporal.Instant | undefined): Promise<Clock> {
  const row = await database.inSystem('open the clock', async (tx) => {
    const tables = tx.withTables<ClockTables>();
    await tables
      .insertInto('clock')
      .values({ only_row: true, mode: wanted ? 'test' : 'machine', test_now: wanted ?? null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return tables.selectFrom('clock').selectAll().executeTakeFirstOrThrow();
  });
  if (row.mode === 'test') return { mode: 'test', now: readTestClock };
  if (wanted) {
    throw new Error(
      'WHARFINGER_TEST_CLOCK: this database has lived in real time; a test clock needs a WHARFINGER_HOME of its own',
    );
  }
  return { mode: 'machine', now: () => Promise.resolve(wholeSeconds(machineTime())) };
}

/** Sets the test clock. Throws `FailedOperation.ClockBackwards` for an instant before it. */
export async function setTestClock(tx: SystemTransaction, to: Temporal.Instant): Promise<void> {
  requireForwards(await readTestClock(tx), to);
  await tx.withTables<ClockTables>().updateTable('clock').set({ test_now: to }).execute();
}

/** Throws `FailedOperation.ClockBackwards` when `to` lies before `now`. */
export function requireForwards(now: Temporal.Instant, to: Temporal.Instant): void {
  if (Temporal.Instant.compare(to, now) >= 0) return;
  throw new ActionError(
    'FailedOperation.ClockBackwards',
    `the clock stands at ${now.toString()}; it moves forwards only`,
  );
}

/** One move of the test clock at a time, over all processes; ends with the transaction, however long that takes. */
export async function holdTestClock(tx: SystemTransaction): Promise<void> {
  await holdWithoutTimeouts(tx);
  await sql`select pg_advisory_xact_lock(hashtext('wharfinger test clock'))`.execute(tx);
}

/** For a transaction that only holds a lock while others work, however long that takes. */
export async function holdWithoutTimeouts(tx: SystemTransaction): Promise<void> {
  await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`.execute(
    tx,
  );
}

async function readTestClock(tx: AppTransaction | SystemTransaction): Promise<Temporal.Instant> {
  const row = await tx.withTables<ClockTables>().selectFrom('clock').select('test_now').executeTakeFirstOrThrow();
  if (!row.test_now) throw new Error('the clock of this database is not a test clock');
  return row.test_now;
}

function wholeSeconds(instant: Temporal.Instant): Temporal.Instant {
  return instant.round({ smallestUnit: 'second', roundingMode: 'floor' });
}
