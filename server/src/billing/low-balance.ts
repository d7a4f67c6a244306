import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { announce, announceAll, type Happening } from '../platform/events/index.ts';
import { balanceLow } from './events.ts';
import { available, readWarning, readWarnings, type BalanceWarning, type Wallet } from './wallet.ts';

/** Whether the balance has just fallen below what the tenant wants to be warned of. */
export function fellBelow(warning: BalanceWarning, before: bigint, after: bigint): boolean {
  return warning.open && before >= warning.thresholdCents && after < warning.thresholdCents;
}

/** A wallet as it was and as it is. */
export interface WalletChange {
  readonly before: Wallet;
  readonly after: Wallet;
}

/** Tells once when the balance falls below the tenant's threshold. The wallet is locked by this transaction. */
export async function warnOfLowBalance(
  tx: AppTransaction,
  tenant: bigint,
  change: WalletChange,
  now: Temporal.Instant,
): Promise<void> {
  const payload = lowBalance(await readWarning(tx, tenant), change, now);
  if (payload) await announce({ tx, tenant, now }, balanceLow, payload);
}

/** As {@link warnOfLowBalance}, of many tenants. */
export async function warnOfLowBalances(
  tx: SystemTransaction,
  changes: readonly (WalletChange & { tenant: bigint })[],
  now: Temporal.Instant,
): Promise<void> {
  const warning = await readWarnings(
    tx,
    changes.map(({ tenant }) => tenant),
  );
  const low = changes.flatMap(({ tenant, ...change }): Happening<LowBalance>[] => {
    const payload = lowBalance(warning(tenant), change, now);
    return payload ? [{ tenant, payload }] : [];
  });
  await announceAll(tx, balanceLow, low, now);
}

interface LowBalance {
  balanceCents: string;
  thresholdCents: string;
  at: string;
}

function lowBalance(warning: BalanceWarning, change: WalletChange, now: Temporal.Instant): LowBalance | undefined {
  const after = available(change.after);
  if (!fellBelow(warning, available(change.before), after)) return undefined;
  return { balanceCents: String(after), thresholdCents: String(warning.thresholdCents), at: now.toString() };
}
