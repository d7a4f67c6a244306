import type { AppTransaction } from '../platform/database/index.ts';
import { announce } from '../platform/events/index.ts';
import { balanceLow } from './events.ts';
import { available, readWallet, readWarning, type BalanceWarning, type Wallet } from './wallet.ts';

/** Whether the balance has just fallen below what the tenant wants to be warned of. */
export function fellBelow(warning: BalanceWarning, before: bigint, after: bigint): boolean {
  return warning.open && before >= warning.thresholdCents && after < warning.thresholdCents;
}

/** Tells once when the balance falls below the tenant's threshold. The wallet is locked by this transaction. */
export async function warnOfLowBalance(
  tx: AppTransaction,
  tenant: bigint,
  before: Wallet,
  now: Temporal.Instant,
): Promise<void> {
  const warning = await readWarning(tx, tenant);
  const after = available(await readWallet(tx, tenant));
  if (!fellBelow(warning, available(before), after)) return;
  await announce({ tx, tenant, now }, balanceLow, {
    balanceCents: String(after),
    thresholdCents: String(warning.thresholdCents),
    at: now.toString(),
  });
}
