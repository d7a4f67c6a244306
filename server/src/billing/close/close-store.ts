/** SQL of the months that were closed. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database, SystemTransaction } from '../../platform/database/index.ts';
import type { MarketMonth } from './market-month.ts';
import type { AccountProof, MonthSums } from './prove-month.ts';

export interface MonthClose extends MonthSums {
  readonly month: string;
  readonly closedAt: Temporal.Instant;
  readonly accounts: number;
  readonly billCount: bigint;
  /** SHA-256 of the digests of all accounts. */
  readonly digest: string;
}

type CloseTables = {
  month_closes: { month: string; closed_at: Temporal.Instant; document: string; digest: string };
};

const cents = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const closeDocument = z.strictObject({
  accounts: z.int(),
  billCount: cents,
  bills: cents,
  ledger: cents,
  orders: cents,
  charges: cents,
  refunds: cents,
});

/** The closes, newest month first, or that of one month. */
export async function listCloses(tx: SystemTransaction, month?: string): Promise<MonthClose[]> {
  const rows = await tx
    .withTables<CloseTables>()
    .selectFrom('month_closes')
    .selectAll()
    .$if(month !== undefined, (query) => query.where('month', '=', month ?? ''))
    .orderBy('month', 'desc')
    .execute();
  return rows.map((row) => ({
    month: row.month,
    closedAt: row.closed_at,
    digest: row.digest,
    ...closeDocument.parse(JSON.parse(row.document)),
  }));
}

export async function insertClose(tx: SystemTransaction, close: MonthClose): Promise<void> {
  const { month, closedAt, digest, ...told } = close;
  const document = JSON.stringify(told, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  await tx
    .withTables<CloseTables>()
    .insertInto('month_closes')
    .values({ month, closed_at: closedAt, document, digest })
    .execute();
}

export async function insertAccounts(
  tx: SystemTransaction,
  month: string,
  proofs: readonly AccountProof[],
): Promise<void> {
  await sql`
    insert into month_close_accounts (tenant_id, month, bill_count, billed_cents, digest)
    select tenant_id, ${month}, bill_count, cents, digest from unnest(
      ${proofs.map(({ tenant }) => tenant)}::bigint[],
      ${proofs.map(({ billCount }) => billCount)}::bigint[],
      ${proofs.map(({ bills }) => bills)}::bigint[],
      ${proofs.map(({ digest }) => digest)}::text[]
    ) as proved (tenant_id, bill_count, cents, digest)`.execute(tx);
}

/** The digests of a closed month: those that the accounts had at its close. */
export async function readDigests(tx: SystemTransaction, month: string): Promise<Map<bigint, string>> {
  const { rows } = await sql<{ tenant_id: bigint; digest: string }>`
    select tenant_id, digest from month_close_accounts where month = ${month} order by tenant_id`.execute(tx);
  return new Map(rows.map((row) => [row.tenant_id, row.digest]));
}

/** From now on nothing is booked or billed in this month or before. Sealed again it stays as it was. */
export async function sealMonth(
  tx: SystemTransaction,
  { month, until }: MarketMonth,
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into month_seals (month, ends_at, sealed_at) values (${month}, ${until}, ${now})
    on conflict do nothing`.execute(tx);
}

/** One close of a month at a time; held until the transaction ends. */
export async function lockCloses(tx: SystemTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('billing.month-closes'))`.execute(tx);
}

/**
 * The transactions that write bills or bookings now, of which some may have begun before a seal could be seen. Those that
 * begin later see it.
 */
export async function currentWriters(database: Database, among?: readonly string[]): Promise<string[]> {
  return database.inSystem('find who books', async (tx) => {
    const { rows } = await sql<{ writer: string }>`
      select distinct virtualtransaction as writer from pg_locks
      where locktype = 'relation' and mode = 'RowExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())
        and relation in ('ledger_transactions'::regclass, 'bills'::regclass)`.execute(tx);
    return rows.map(({ writer }) => writer).filter((writer) => among === undefined || among.includes(writer));
  });
}
