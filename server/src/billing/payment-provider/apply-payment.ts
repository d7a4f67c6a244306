/** What a payment at the provider does here: once, whoever tells of it, how often and in what order. */
import type { AppTransaction } from '../../platform/database/index.ts';
import type { Platform } from '../../platform/platform.ts';
import { clearTimer } from '../../platform/timers/index.ts';
import { topUp } from '../credit.ts';
import { lockWallet } from '../wallet.ts';
import type { Payment } from './provider.ts';
import { findTopUp, setStatus, type TopUpStatus } from './top-up-store.ts';

/** Prices, and so what is paid for them, are in yuan. */
const currency = 'cny';

/** Keeps what the provider tells of a payment, and credits what was paid. One that we have not asked for changes nothing. */
export async function applyPayment(platform: Platform, provider: string, payment: Payment): Promise<void> {
  const { database, clock, log } = platform;
  const { tenant, topUpId, reference } = payment;
  const told = { tenant: String(tenant), topUpId, reference };
  const became = await database.inTenant(tenant, async (tx) => apply(tx, provider, payment, await clock.now(tx)));
  if (became === 'unknown') log.warn(told, 'a payment was told of that nobody here has asked for');
  if (became === 'mismatch') {
    log.error(
      { ...told, cents: String(payment.cents), currency: payment.currency },
      'another amount was paid than was asked for',
    );
  }
}

async function apply(
  tx: AppTransaction,
  provider: string,
  payment: Payment,
  now: Temporal.Instant,
): Promise<TopUpStatus | 'unknown'> {
  const { tenant, topUpId, reference, status, cents } = payment;
  // A stranger's payment may name an account that there is not, which has no wallet to be locked.
  if (!(await findTopUp(tx, tenant, { topUpId }))) return 'unknown';
  await lockWallet(tx, tenant);
  const asked = await findTopUp(tx, tenant, { topUpId });
  const ours = asked?.provider === provider && (asked.reference ?? reference) === reference;
  if (!asked || !ours) return 'unknown';
  const wanted = wantedStatus(asked.status, status, cents === asked.cents && payment.currency === currency);
  if (wanted === undefined) return asked.status;
  if (wanted === 'paid') {
    await topUp(tx, tenant, { kind: 'cash', cents, idempotencyKey: `${provider}/${topUpId}` }, now);
  }
  await setStatus(tx, tenant, topUpId, wanted, now);
  await clearTimer(tx, tenant, topUpTimer(topUpId));
  return wanted;
}

/** Money that has come counts, also where we had given it up; what was paid stays paid. Undefined where nothing changes. */
export function wantedStatus(
  before: TopUpStatus,
  told: Payment['status'],
  asAsked: boolean,
): Exclude<TopUpStatus, 'open'> | undefined {
  if (before === 'paid' || before === 'mismatch' || told === 'open') return undefined;
  if (told === 'paid') return asAsked ? 'paid' : 'mismatch';
  return before === 'open' ? 'ended' : undefined;
}

/** The key of the timer that looks after a top-up. */
export function topUpTimer(topUpId: string): string {
  return `billing/top-up/${topUpId}`;
}
