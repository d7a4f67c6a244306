/** What comes into the wallet: money, granted credit, vouchers. Each once under its key, and each pays a debt first. */
import { randomBytes } from 'node:crypto';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { announce } from '../platform/events/index.ts';
import { credited } from './events.ts';
import { book, findBooked, type BookedTransaction, type LedgerTransaction } from './ledger.ts';
import { settleDebt } from './payment-plan.ts';
import { insertVoucher, type Voucher } from './vouchers.ts';
import { lockWallet, readWallet } from './wallet.ts';

export interface TopUp {
  kind: 'cash' | 'credit';
  /** Above zero. */
  cents: bigint;
  /** Under one key money comes in once. */
  idempotencyKey?: string | undefined;
}

/**
 * Adds money or credit, settles what is owed, and lets those who wait for it try again. Gives the id of the ledger's
 * transaction. Throws `InvalidParameter.IdempotencyKeyReused` for a key that stands for something else.
 */
export async function topUp(
  tx: AppTransaction,
  tenant: bigint,
  { kind, cents, idempotencyKey = randomKey() }: TopUp,
  now: Temporal.Instant,
): Promise<bigint> {
  await lockWallet(tx, tenant);
  const transaction = {
    kind: 'top-up',
    reference: idempotencyKey,
    idempotencyKey: `top-up/${idempotencyKey}`,
    entries: [
      { account: kind, cents },
      { account: kind === 'cash' ? 'payments' : 'grants', cents: -cents },
    ],
  } as const satisfies LedgerTransaction;
  const earlier = await findBooked(tx, tenant, transaction.idempotencyKey);
  if (earlier) return sameAs(earlier, transaction).id;
  const id = await book(tx, tenant, transaction, now);
  if (id === undefined || cents < 0n) throw new RangeError(`${cents} is no top-up`);
  await settle(tx, tenant, idempotencyKey, now);
  await announce({ tx, tenant, now }, credited, { kind, cents: String(cents), at: now.toString() });
  return id;
}

/** What a new voucher is. */
export type VoucherGrant = Omit<Voucher, 'id' | 'grantedAt'> & { idempotencyKey?: string | undefined };

/** Grants a voucher and gives its id. Throws `InvalidParameter.IdempotencyKeyReused` as {@link topUp} does. */
export async function grantVoucher(
  tx: AppTransaction,
  tenant: bigint,
  { idempotencyKey = randomKey(), ...grant }: VoucherGrant,
  now: Temporal.Instant,
): Promise<string> {
  await lockWallet(tx, tenant);
  const key = `voucher/${idempotencyKey}`;
  const earlier = await findBooked(tx, tenant, key);
  const id = earlier?.reference ?? `vch-${randomKey()}`;
  const transaction = {
    kind: 'grant',
    reference: id,
    idempotencyKey: key,
    entries: [
      { account: `voucher/${id}`, cents: grant.nominalCents },
      { account: 'grants', cents: -grant.nominalCents },
    ],
  } as const satisfies LedgerTransaction;
  if (earlier) return sameAs(earlier, transaction).reference;
  await insertVoucher(tx, tenant, { ...grant, id, grantedAt: now });
  await book(tx, tenant, transaction, now);
  await announce({ tx, tenant, now }, credited, {
    kind: 'voucher',
    cents: String(grant.nominalCents),
    at: now.toString(),
  });
  return id;
}

export async function settle(tx: AppTransaction, tenant: bigint, key: string, now: Temporal.Instant): Promise<void> {
  const { credit, cash } = settleDebt(await readWallet(tx, tenant));
  const entries = [
    { account: 'credit', cents: -credit },
    { account: 'cash', cents: -cash },
    { account: 'receivable', cents: credit + cash },
  ] as const;
  await book(tx, tenant, { kind: 'settlement', reference: key, idempotencyKey: `settlement/${key}`, entries }, now);
}

function sameAs(earlier: BookedTransaction, { entries }: LedgerTransaction): BookedTransaction {
  const wanted = new Map(entries.map(({ account, cents }) => [account, cents]));
  if (earlier.entries.every(({ account, cents }) => wanted.get(account) === cents)) return earlier;
  throw new ActionError(
    'InvalidParameter.IdempotencyKeyReused',
    'this idempotency key was used for another amount or kind; give every top-up a key of its own',
  );
}

function randomKey(): string {
  return randomBytes(10).toString('hex');
}
