/**
 * The double-entry ledger. A transaction moves cents between accounts and sums to zero; entries are never changed; the
 * database refuses anything else when the transaction is committed. Source: product rules, 8.
 */
import { sql, type GeneratedAlways } from 'kysely';
import type { BilledProduct } from '../catalog/index.ts';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';

/**
 * An entry is what an account gains (above zero) or gives. `cash`, `credit` and vouchers are what the tenant has,
 * `receivable` (below zero) what it owes, revenue what the operator has earned. Money comes from `payments`, credit and
 * vouchers from `grants`: outside the books, so those two are below zero.
 */
export type LedgerAccount =
  | 'cash'
  | 'credit'
  | 'receivable'
  | 'payments'
  | 'grants'
  | `voucher/${string}`
  | `revenue/${BilledProduct}`
  | `refunds/${BilledProduct}`;

export type TransactionKind = 'top-up' | 'grant' | 'payment' | 'charge' | 'settlement' | 'refund';

export interface LedgerEntry {
  readonly account: LedgerAccount;
  readonly cents: bigint;
}

export interface LedgerTransaction {
  readonly kind: TransactionKind;
  /** The order, voucher or top-up that it is about. */
  readonly reference: string;
  /** Says what it does once: `payment/<order>`. */
  readonly idempotencyKey: string;
  readonly entries: readonly LedgerEntry[];
}

export interface BookedTransaction extends LedgerTransaction {
  readonly id: bigint;
  readonly bookedAt: Temporal.Instant;
}

type LedgerTables = {
  ledger_transactions: {
    tenant_id: bigint;
    transaction_id: GeneratedAlways<bigint>;
    kind: TransactionKind;
    reference: string;
    idempotency_key: string;
    entry_count: number;
    booked_at: Temporal.Instant;
  };
  ledger_entries: { tenant_id: bigint; transaction_id: bigint; account: LedgerAccount; cents: bigint };
};

/** Entries of one account added up, without those of nothing. Throws when they do not sum to zero. */
export function balanced(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const sums = new Map<LedgerAccount, bigint>();
  for (const { account, cents } of entries) sums.set(account, (sums.get(account) ?? 0n) + cents);
  const total = [...sums.values()].reduce((sum, cents) => sum + cents, 0n);
  if (total !== 0n) throw new Error(`a ledger transaction sums to zero, this one to ${total}`);
  return [...sums].filter(([, cents]) => cents !== 0n).map(([account, cents]) => ({ account, cents }));
}

/** Books a transaction and gives its id. One that moves nothing is not booked. Its key may not have been booked before. */
export async function book(
  tx: AppTransaction,
  tenant: bigint,
  transaction: LedgerTransaction,
  now: Temporal.Instant,
): Promise<bigint | undefined> {
  return (await bookAll(tx, [{ tenant, ...transaction }], now))[0];
}

/** As {@link book}, transactions of many tenants in two statements for all of them; gives their ids in the same order. */
export async function bookAll(
  tx: AppTransaction | SystemTransaction,
  transactions: readonly (LedgerTransaction & { tenant: bigint })[],
  now: Temporal.Instant,
): Promise<(bigint | undefined)[]> {
  const whole = transactions.map((one) => ({ ...one, entries: balanced(one.entries) }));
  const moving = whole.filter(({ entries }) => entries.length > 0);
  if (moving.length === 0) return whole.map(() => undefined);
  const { rows } = await sql<{ tenant_id: bigint; idempotency_key: string; transaction_id: bigint }>`
    insert into ledger_transactions (tenant_id, kind, reference, idempotency_key, entry_count, booked_at)
    select tenant_id, kind, reference, idempotency_key, entry_count, ${now}
    from unnest(
      ${moving.map(({ tenant }) => tenant)}::bigint[],
      ${moving.map(({ kind }) => kind)}::text[],
      ${moving.map(({ reference }) => reference)}::text[],
      ${moving.map(({ idempotencyKey }) => idempotencyKey)}::text[],
      ${moving.map(({ entries }) => entries.length)}::smallint[]
    ) as booked(tenant_id, kind, reference, idempotency_key, entry_count)
    returning tenant_id, idempotency_key, transaction_id`.execute(tx);
  // Nothing says that they come back in order; a tenant and a key name one.
  const named = (tenant: bigint, key: string) => `${tenant} ${key}`;
  const ids = new Map(rows.map((row) => [named(row.tenant_id, row.idempotency_key), row.transaction_id]));
  const idOf = ({ tenant, idempotencyKey }: { tenant: bigint; idempotencyKey: string }) =>
    ids.get(named(tenant, idempotencyKey));
  const entries = moving.flatMap((one) =>
    one.entries.map((entry) => ({ ...entry, tenant: one.tenant, id: idOf(one) })),
  );
  await sql`
    insert into ledger_entries (tenant_id, transaction_id, account, cents)
    select * from unnest(
      ${entries.map(({ tenant }) => tenant)}::bigint[],
      ${entries.map(({ id }) => id)}::bigint[],
      ${entries.map(({ account }) => account)}::text[],
      ${entries.map(({ cents }) => cents)}::bigint[]
    )`.execute(tx);
  return whole.map(idOf);
}

/** The transaction booked under a key, if there is one. */
export async function findBooked(
  tx: AppTransaction,
  tenant: bigint,
  idempotencyKey: string,
): Promise<BookedTransaction | undefined> {
  const tables = tx.withTables<LedgerTables>();
  const row = await tables
    .selectFrom('ledger_transactions')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
  if (!row) return undefined;
  const entries = await tables
    .selectFrom('ledger_entries')
    .select(['account', 'cents'])
    .where('tenant_id', '=', tenant)
    .where('transaction_id', '=', row.transaction_id)
    .orderBy('account')
    .execute();
  return {
    id: row.transaction_id,
    kind: row.kind,
    reference: row.reference,
    idempotencyKey,
    entries,
    bookedAt: row.booked_at,
  };
}

/** The entries of what was booked for an order, a charge or a refund at an instant; none where nothing moved. */
export async function listEntriesFor(
  tx: AppTransaction,
  tenant: bigint,
  reference: string,
  bookedAt: Temporal.Instant,
): Promise<LedgerEntry[]> {
  const { rows } = await sql<LedgerEntry>`
    select account, cents from ledger_transactions join ledger_entries using (tenant_id, transaction_id)
    where tenant_id = ${tenant} and booked_at = ${bookedAt} and reference = ${reference}
    order by transaction_id, account`.execute(tx);
  return rows;
}

/** What an account holds; 0 where nothing was booked on it. */
export type Balances = (account: LedgerAccount) => bigint;

/** What each account of the tenant holds. */
export async function readBalances(tx: AppTransaction, tenant: bigint): Promise<Balances> {
  return (await readAllBalances(tx, [tenant]))(tenant);
}

/** What each account of each of these tenants holds. */
export async function readAllBalances(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
): Promise<(tenant: bigint) => Balances> {
  const { rows } = await sql<{ tenant_id: bigint; account: LedgerAccount; cents: bigint }>`
    select tenant_id, account, cents from ledger_balances where tenant_id = any(${tenants}::bigint[])`.execute(tx);
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
  return (tenant) => {
    const balances = new Map(byTenant.get(tenant)?.map(({ account, cents }) => [account, cents]));
    return (account) => balances.get(account) ?? 0n;
  };
}

/** One movement of the wallet: what came in or went out, and what was there after it. */
export interface WalletMovement {
  readonly id: bigint;
  readonly kind: TransactionKind;
  readonly reference: string;
  readonly bookedAt: Temporal.Instant;
  /** Of cash, credit and debt together. */
  readonly cents: bigint;
  readonly cashAfter: bigint;
  readonly creditAfter: bigint;
  readonly owedAfter: bigint;
}

/** All movements in `[from, until]`, newest first: one row a transaction, with the sums of all entries before it. */
export async function listMovements(
  tx: AppTransaction,
  tenant: bigint,
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<WalletMovement[]> {
  const { rows } = await sql<{
    transaction_id: bigint;
    kind: TransactionKind;
    reference: string;
    booked_at: Temporal.Instant;
    cents: bigint;
    cash_after: bigint;
    credit_after: bigint;
    receivable_after: bigint;
  }>`
    select * from (
      select transaction_id, t.kind, t.reference, t.booked_at,
        coalesce(sum(e.cents) filter (where e.account in ('cash', 'credit', 'receivable')), 0)::bigint as cents,
        sum(coalesce(sum(e.cents) filter (where e.account = 'cash'), 0)) over before::bigint as cash_after,
        sum(coalesce(sum(e.cents) filter (where e.account = 'credit'), 0)) over before::bigint as credit_after,
        sum(coalesce(sum(e.cents) filter (where e.account = 'receivable'), 0)) over before::bigint as receivable_after
      from ledger_transactions t join ledger_entries e using (tenant_id, transaction_id)
      where t.tenant_id = ${tenant} and t.booked_at <= ${until}
      group by transaction_id, t.kind, t.reference, t.booked_at
      window before as (order by transaction_id)
    ) m where booked_at >= ${from} order by transaction_id desc`.execute(tx);
  return rows.map((row) => ({
    id: row.transaction_id,
    kind: row.kind,
    reference: row.reference,
    bookedAt: row.booked_at,
    cents: row.cents,
    cashAfter: row.cash_after,
    creditAfter: row.credit_after,
    owedAfter: -row.receivable_after,
  }));
}
