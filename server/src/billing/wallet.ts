/** What a tenant has and owes, and the lock under which that changes. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { readAllBalances } from './ledger.ts';

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
export function lockWallet(tx: AppTransaction, tenant: bigint): Promise<void> {
  return lockWallets(tx, [tenant]);
}

/** As {@link lockWallet}, of many tenants: always in the order of their numbers, so that two batches never cross. */
export async function lockWallets(tx: AppTransaction | SystemTransaction, tenants: readonly bigint[]): Promise<void> {
  const lock = sql<{ tenant_id: bigint }>`
    select tenant_id from wallets where tenant_id = any(${tenants}::bigint[]) order by tenant_id for update`;
  const { rows } = await lock.execute(tx);
  if (rows.length === new Set(tenants).size) return;
  await sql`
    insert into wallets (tenant_id) select distinct tenant_id from unnest(${tenants}::bigint[]) as those(tenant_id)
    order by tenant_id on conflict do nothing`.execute(tx);
  await lock.execute(tx);
}

export async function readWallet(tx: AppTransaction, tenant: bigint): Promise<Wallet> {
  return (await readWallets(tx, [tenant]))(tenant);
}

/** The wallets of many tenants. */
export async function readWallets(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
): Promise<(tenant: bigint) => Wallet> {
  const balances = await readAllBalances(tx, tenants);
  return (tenant) => {
    const balance = balances(tenant);
    return { cash: balance('cash'), credit: balance('credit'), owed: -balance('receivable') };
  };
}

/** What can be spent: cash and credit less what is owed. Source: contract, "Commercial side", `RealBalance`. */
export function available({ cash, credit, owed }: Wallet): bigint {
  return cash + credit - owed;
}

/** The warning as it was set; off until then. */
export async function readWarning(tx: AppTransaction, tenant: bigint): Promise<BalanceWarning> {
  return (await readWarnings(tx, [tenant]))(tenant);
}

/** The warnings of many tenants. */
export async function readWarnings(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
): Promise<(tenant: bigint) => BalanceWarning> {
  const { rows } = await sql<WalletTables['wallets']>`
    select tenant_id, warning_threshold_cents, warning_open from wallets
    where tenant_id = any(${tenants}::bigint[])`.execute(tx);
  const warnings = new Map(
    rows.map((row) => [row.tenant_id, { thresholdCents: row.warning_threshold_cents, open: row.warning_open }]),
  );
  return (tenant) => warnings.get(tenant) ?? { thresholdCents: 0n, open: false };
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
