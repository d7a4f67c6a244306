/** SQL of the tables of accounts. */
import { randomInt } from 'node:crypto';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { mayBecome, type Verification } from './verification.ts';

type AccountTables = {
  accounts: {
    tenant_id: bigint;
    email: string;
    verification: Verification;
    verification_reason: string;
    created_at: Temporal.Instant;
  };
  account_emails: { email: string; account: bigint };
};

export interface Account {
  uin: bigint;
  email: string;
  verification: Verification;
  verificationReason: string;
  createdAt: Temporal.Instant;
}

/** Makes a main account. Throws `ResourceInUse.EmailTaken` for an address that another account has. */
export async function createAccount(
  tx: SystemTransaction,
  account: { email: string; verified: boolean },
  now: Temporal.Instant,
): Promise<Account> {
  const tables = tx.withTables<AccountTables>();
  const email = account.email.toLowerCase();
  for (;;) {
    const row = await tables
      .insertInto('accounts')
      .values({
        tenant_id: BigInt(randomInt(100_000_000_000, 1_000_000_000_000)),
        email,
        verification: account.verified ? 'verified' : 'unverified',
        verification_reason: '',
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row) continue; // the Uin was taken
    await takeEmail(tx, email, row.tenant_id);
    return toAccount(row);
  }
}

/** Of two accounts that are made at once with one address, the second waits here for the first. */
async function takeEmail(tx: SystemTransaction, email: string, account: bigint): Promise<void> {
  const tables = tx.withTables<AccountTables>();
  const { numInsertedOrUpdatedRows: taken } = await tables
    .insertInto('account_emails')
    .values({ email, account })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (taken === 1n) return;
  const owner = await tables
    .selectFrom('account_emails')
    .select('account')
    .where('email', '=', email)
    .executeTakeFirst();
  throw new ActionError('ResourceInUse.EmailTaken', `${email} is the address of account ${owner?.account} already`);
}

/** The account of a tenant. Throws `ResourceNotFound.Account` when there is none. */
export async function readAccount(tx: AppTransaction | SystemTransaction, uin: bigint): Promise<Account> {
  const row = await tx
    .withTables<AccountTables>()
    .selectFrom('accounts')
    .selectAll()
    .where('tenant_id', '=', uin)
    .executeTakeFirst();
  if (!row) throw new ActionError('ResourceNotFound.Account', `there is no account ${uin}`);
  return toAccount(row);
}

/** All accounts, oldest first. */
export async function listAccounts(tx: SystemTransaction, offset: number, limit: number): Promise<Account[]> {
  const rows = await tx
    .withTables<AccountTables>()
    .selectFrom('accounts')
    .selectAll()
    .orderBy('created_at')
    .orderBy('tenant_id')
    .offset(offset)
    .limit(limit)
    .execute();
  return rows.map(toAccount);
}

/** Decides a verification. Throws `FailedOperation.VerificationState` for a move that the rules do not have. */
export async function setVerification(
  tx: SystemTransaction,
  uin: bigint,
  to: Verification,
  reason: string,
): Promise<Account> {
  const { verification: from } = await readAccount(tx, uin);
  if (!mayBecome(from, to)) {
    throw new ActionError(
      'FailedOperation.VerificationState',
      `the verification of ${uin} is ${from}; it cannot become ${to}`,
    );
  }
  const row = await tx
    .withTables<AccountTables>()
    .updateTable('accounts')
    .set({ verification: to, verification_reason: reason })
    .where('tenant_id', '=', uin)
    .where('verification', '=', from)
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new ActionError(
      'FailedOperation.VerificationState',
      `the verification of ${uin} has just changed; look again`,
    );
  return toAccount(row);
}

function toAccount(row: AccountTables['accounts']): Account {
  return {
    uin: row.tenant_id,
    email: row.email,
    verification: row.verification,
    verificationReason: row.verification_reason,
    createdAt: row.created_at,
  };
}
