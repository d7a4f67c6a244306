/**
 * Secrets that must be used again (keys that verify signatures, registry passwords) are kept encrypted: a master key
 * outside the database wraps one data key for each tenant, which encrypts the values. Every ciphertext names its key.
 *
 * The master key file has one key a line, base64, newest first. A data key wrapped by an older line still opens; `rotate`
 * adds a line and wraps all of them by it. Other processes read the file again when they meet a key they do not know.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../database/index.ts';
import { errorLine } from '../error-line.ts';
import { ActionError } from '../errors.ts';
import { machineTime } from '../machine-time.ts';
import { openMasterKeys, type MasterKey, type MasterKeys } from './master-keys.ts';

export interface Secrets {
  /** Encrypts a value of this tenant. `purpose` is bound to it: opened for another purpose it fails. */
  seal(tx: AnyTransaction, tenant: bigint, purpose: string, value: string): Promise<string>;
  /** Opens what `seal` made. Throws when it was changed, or is of another tenant or purpose. */
  open(tx: AnyTransaction, tenant: bigint, purpose: string, sealed: string): Promise<string>;
  /** Adds a master key to the file and wraps every tenant's data keys by it. */
  rotate(tx: SystemTransaction): Promise<{ masterKeyId: string; rewrapped: number }>;
  /** Throws with one line when the database has data keys that no line of the master key file opens. */
  requireMasterKeys(tx: SystemTransaction): Promise<void>;
}

type AnyTransaction = AppTransaction | SystemTransaction;

type DataKeyTables = {
  data_keys: {
    tenant_id: bigint;
    key_id: string;
    master_key_id: string;
    wrapped: Buffer;
    created_at: Temporal.Instant;
  };
};

/** Reads the master key file, making it (mode 0600) when it is absent. Throws for one that others can read or that is broken. */
export function openSecrets(file: string): Secrets {
  const masters = openMasterKeys(file);
  return {
    async seal(tx, tenant, purpose, value) {
      const dataKey = await newestDataKey(tx, tenant, masters);
      return `1.${dataKey.id}.${encrypt(dataKey.key, context(tenant, purpose), Buffer.from(value)).toString('base64url')}`;
    },
    async open(tx, tenant, purpose, sealed) {
      const [version, keyId, body] = sealed.split('.');
      if (version !== '1' || !keyId || !body) throw new Error('a stored secret has an unknown form');
      const key = await findDataKey(tx, tenant, keyId, masters);
      return decrypt(key, context(tenant, purpose), Buffer.from(body, 'base64url')).toString();
    },
    async rotate(tx) {
      // Two rotations take turns, each keeping the other's key; data keys are made before or after, not beside one.
      await sql`select pg_advisory_xact_lock(hashtext('wharfinger master key'))`.execute(tx);
      const newest = addMasterKey(masters);
      return { masterKeyId: newest.id, rewrapped: await rewrap(tx, newest, masters) };
    },
    async requireMasterKeys(tx) {
      const rows = await tx
        .withTables<DataKeyTables>()
        .selectFrom('data_keys')
        .select('master_key_id')
        .distinct()
        .execute();
      for (const row of rows) masters.find(row.master_key_id);
    },
  };
}

function addMasterKey(masters: MasterKeys): MasterKey {
  try {
    return masters.add();
  } catch (error) {
    const why = `the master key file cannot be written: ${errorLine(error)}`;
    throw new ActionError('FailedOperation.MasterKeyFile', why, { cause: error });
  }
}

async function newestDataKey(tx: AnyTransaction, tenant: bigint, masters: MasterKeys) {
  const tables = tx.withTables<DataKeyTables>();
  const row = await tables
    .selectFrom('data_keys')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row) return { id: row.key_id, key: unwrap(row, masters) };
  await sql`select pg_advisory_xact_lock_shared(hashtext('wharfinger master key'))`.execute(tx);
  const master = masters.newest();
  const key = randomBytes(32);
  const id = randomBytes(8).toString('hex');
  await tables
    .insertInto('data_keys')
    .values({
      tenant_id: tenant,
      key_id: id,
      master_key_id: master.id,
      wrapped: encrypt(master.key, context(tenant, `data key ${id}`), key),
      created_at: machineTime(),
    })
    .execute();
  return { id, key };
}

async function findDataKey(tx: AnyTransaction, tenant: bigint, id: string, masters: MasterKeys): Promise<Buffer> {
  const row = await tx
    .withTables<DataKeyTables>()
    .selectFrom('data_keys')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('key_id', '=', id)
    .executeTakeFirst();
  if (!row) throw new Error(`the data key ${id} of a stored secret is missing`);
  return unwrap(row, masters);
}

async function rewrap(tx: SystemTransaction, newest: MasterKey, masters: MasterKeys): Promise<number> {
  const tables = tx.withTables<DataKeyTables>();
  const rows = await tables
    .selectFrom('data_keys')
    .selectAll()
    .where('master_key_id', '<>', newest.id)
    .forUpdate()
    .execute();
  for (const row of rows) {
    const wrapped = encrypt(newest.key, context(row.tenant_id, `data key ${row.key_id}`), unwrap(row, masters));
    await tables
      .updateTable('data_keys')
      .set({ wrapped, master_key_id: newest.id })
      .where('tenant_id', '=', row.tenant_id)
      .where('key_id', '=', row.key_id)
      .execute();
  }
  return rows.length;
}

function unwrap(row: DataKeyTables['data_keys'], masters: MasterKeys): Buffer {
  const { key } = masters.find(row.master_key_id);
  return decrypt(key, context(row.tenant_id, `data key ${row.key_id}`), row.wrapped);
}

function context(tenant: bigint, purpose: string): Buffer {
  return Buffer.from(`wharfinger\0${tenant}\0${purpose}`);
}

/** AES-256-GCM: 12 bytes of nonce, 16 of tag, then the text. */
function encrypt(key: Buffer, associated: Buffer, value: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  const body = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, associated: Buffer, sealed: Buffer): Buffer {
  // A fixed length: shorter tags would be taken otherwise, and guessed sooner.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 }).setAAD(
    associated,
  );
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}
