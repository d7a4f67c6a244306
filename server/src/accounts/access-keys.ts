/** Keys that sign requests: a secret id that names the key, and a secret key that is shown once and kept encrypted. */
import { randomInt } from 'node:crypto';
import type { Identity } from '../platform/action.ts';
import type { Database, SystemTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Secrets } from '../platform/secrets/index.ts';

export interface AccessKey {
  secretId: string;
  /** Only where the key has just been made, or verifies a signature. */
  secretKey: string;
}

/** What a door needs to verify a signature and to know who asks. */
export interface SigningKey extends AccessKey {
  owner: Identity;
  enabled: boolean;
}

type AccessKeyTables = {
  access_keys: {
    tenant_id: bigint;
    secret_id: string;
    secret: string;
    enabled: boolean;
    created_at: Temporal.Instant;
  };
  access_key_owners: { secret_id: string; account: bigint };
  operator_keys: { secret_id: string; secret: string; enabled: boolean; created_at: Temporal.Instant };
};

/** The operator has no tenant; its secrets are sealed under a data key of its own. */
const operatorTenant = 0n;
const operatorPrefix = 'WFOP';

const purpose = 'access key';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a key of this account. */
export async function createAccessKey(
  tx: SystemTransaction,
  secrets: Secrets,
  uin: bigint,
  now: Temporal.Instant,
): Promise<AccessKey> {
  const key = { secretId: `WFID${randomText(32)}`, secretKey: randomText(40) };
  const tables = tx.withTables<AccessKeyTables>();
  await tables.insertInto('access_key_owners').values({ secret_id: key.secretId, account: uin }).execute();
  await tables
    .insertInto('access_keys')
    .values({
      tenant_id: uin,
      secret_id: key.secretId,
      secret: await secrets.seal(tx, uin, purpose, key.secretKey),
      enabled: true,
      created_at: now,
    })
    .execute();
  return key;
}

/** Makes a key of the operator, for commands that call a service on another machine. */
export async function createOperatorKey(
  tx: SystemTransaction,
  secrets: Secrets,
  now: Temporal.Instant,
): Promise<AccessKey> {
  const key = { secretId: `${operatorPrefix}${randomText(32)}`, secretKey: randomText(40) };
  const secret = await secrets.seal(tx, operatorTenant, purpose, key.secretKey);
  await tx
    .withTables<AccessKeyTables>()
    .insertInto('operator_keys')
    .values({ secret_id: key.secretId, secret, enabled: true, created_at: now })
    .execute();
  return key;
}

/** The keys of an account, oldest first, without their secrets. */
export async function listAccessKeys(
  tx: SystemTransaction,
  uin: bigint,
): Promise<{ secretId: string; enabled: boolean; createdAt: Temporal.Instant }[]> {
  const rows = await tx
    .withTables<AccessKeyTables>()
    .selectFrom('access_keys')
    .select(['secret_id', 'enabled', 'created_at'])
    .where('tenant_id', '=', uin)
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({ secretId: row.secret_id, enabled: row.enabled, createdAt: row.created_at }));
}

/** Switches a key on or off. Throws `ResourceNotFound.AccessKey` when the account has no such key. */
export async function enableAccessKey(
  tx: SystemTransaction,
  uin: bigint,
  secretId: string,
  enabled: boolean,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .withTables<AccessKeyTables>()
    .updateTable('access_keys')
    .set({ enabled })
    .where('tenant_id', '=', uin)
    .where('secret_id', '=', secretId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new ActionError('ResourceNotFound.AccessKey', `account ${uin} has no key ${secretId}`);
}

/** Finds the key that a request names, for verifying its signature. */
export function findSigningKey(
  database: Database,
  secrets: Secrets,
  secretId: string,
): Promise<SigningKey | undefined> {
  return database.inSystem('find a signing key', async (tx) => {
    if (secretId.startsWith(operatorPrefix)) return findOperatorKey(tx, secrets, secretId);
    const tables = tx.withTables<AccessKeyTables>();
    const row = await tables
      .selectFrom('access_key_owners')
      .innerJoin('access_keys', (join) =>
        join
          .onRef('access_keys.tenant_id', '=', 'access_key_owners.account')
          .onRef('access_keys.secret_id', '=', 'access_key_owners.secret_id'),
      )
      .select(['access_keys.tenant_id', 'access_keys.secret', 'access_keys.enabled'])
      .where('access_key_owners.secret_id', '=', secretId)
      .executeTakeFirst();
    if (!row) return undefined;
    const secretKey = await secrets.open(tx, row.tenant_id, purpose, row.secret);
    const owner: Identity = { kind: 'tenant', tenant: row.tenant_id, uin: row.tenant_id };
    return { secretId, secretKey, owner, enabled: row.enabled };
  });
}

async function findOperatorKey(
  tx: SystemTransaction,
  secrets: Secrets,
  secretId: string,
): Promise<SigningKey | undefined> {
  const row = await tx
    .withTables<AccessKeyTables>()
    .selectFrom('operator_keys')
    .selectAll()
    .where('secret_id', '=', secretId)
    .executeTakeFirst();
  if (!row) return undefined;
  const secretKey = await secrets.open(tx, operatorTenant, purpose, row.secret);
  return { secretId, secretKey, owner: { kind: 'operator', key: secretId }, enabled: row.enabled };
}

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
