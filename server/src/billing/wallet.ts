/** What a tenant has and owes, and the lock under which that changes. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import { readBalances } from './ledger.ts';

type WalletTables = {
  wallets: { tenant_id: bigint; warning_threshold_cents: bigint; warning_open: boolean };
};

/** In cents; none is below zero. */
export interface Wallet {
  cash: bigint;
  credit: bigint;
  owed: bigint;
}

/** When to tell that the balance is low. */
export interface BalanceWarning {
  thresholdCents: bigint;
  open: boolean;
}

/**
 * Lets one commercial change of a tenant happen at a time, until the transaction ends. Taken before any other lock, so
 * that two changes never wait for each other; taking it again costs nothing.
 */
export async function lockWallet(tx: AppTransaction, tenant: bigint): Promise<void> {
  const lock = sql`select from wallets where tenant_id = ${tenant} for update`;
  const { rows } = await lock.execute(tx);
  if (rows.length > 0) return;
  await sql`insert into wallets (tenant_id) values (${tenant}) on conflict do nothing`.execute(tx);
  await lock.execute(tx);
}

export async function readWallet(tx: AppTransaction, tenant: bigint): Promise<Wallet> {
  const balance = await readBalances(tx, tenant);
  return { cash: balance('cash'), credit: balance('credit'), owed: -balance('receivable') };
}

/** What can be spent: cash and credit less what is owed. Source: contract, "Commercial side", `RealBalance`. */
export function available({ cash, credit, owed }: Wallet): bigint {
  return cash + credit - owed;
}

/** The warning as it was set; off until then. */
export async function readWarning(tx: AppTransaction, tenant: bigint): Promise<BalanceWarning> {
  const row = await tx
    .withTables<WalletTables>()
    .selectFrom('wallets')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .executeTakeFirst();
  return { thresholdCents: row?.warning_threshold_cents ?? 0n, open: row?.warning_open ?? false };
}

export async function setWarning(tx: AppTransaction, tenant: bigint, warning: BalanceWarning): Promise<void> {
  await lockWallet(tx, tenant);
  await tx
    .withTables<WalletTables>()
    .updateTable('wallets')
    .set({ warning_threshold_cents: warning.thresholdCents, warning_open: warning.open })
    .where('tenant_id', '=', tenant)
    .execute();
}
