/** Stops and resumes everything that is charged to one account. */
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announce } from '../../platform/events/index.ts';
import { lockWallet } from '../wallet.ts';
import { billingParked, billingUnparked } from './events.ts';
import { endPark, insertParks, readParkings, type Park } from './park-store.ts';

/** Parks an account. Throws `FailedOperation.BillingParked` for one that is parked already. */
export async function parkBilling(
  tx: AppTransaction,
  tenant: bigint,
  { by, reason }: Pick<Park, 'by' | 'reason'>,
  now: Temporal.Instant,
): Promise<void> {
  await lockWallet(tx, tenant);
  const parked = await insertParks(tx, [{ tenant, parkedAt: now, by, reason }]);
  if (!parked.has(tenant)) {
    throw new ActionError('FailedOperation.BillingParked', `the billing of ${tenant} is parked already`);
  }
  await announce({ tx, tenant, now }, billingParked, { by, reason, at: now.toString() });
}

/**
 * Lets charges go on, and whoever waits for it make up for what fell due meanwhile. Throws
 * `FailedOperation.BillingNotParked` for an account that is not parked.
 */
export async function unparkBilling(
  tx: AppTransaction,
  tenant: bigint,
  note: string,
  now: Temporal.Instant,
): Promise<Park> {
  await lockWallet(tx, tenant);
  const park = await endPark(tx, tenant, { at: now, note });
  if (!park) throw new ActionError('FailedOperation.BillingNotParked', `the billing of ${tenant} is not parked`);
  await announce({ tx, tenant, now }, billingUnparked, { parkedAt: park.parkedAt.toString(), at: now.toString() });
  return park;
}

/** Throws `FailedOperation.BillingParked` where nothing may be charged. The wallet is locked by this transaction. */
export async function requireNotParked(tx: AppTransaction, tenant: bigint): Promise<void> {
  if (!(await readParkings(tx, [tenant]))(tenant).parked) return;
  throw new ActionError(
    'FailedOperation.BillingParked',
    'the billing of this account is parked: nothing is charged to it; ask the operator of this service',
  );
}
