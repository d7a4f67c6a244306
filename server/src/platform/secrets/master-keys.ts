/** The master key file: one key a line, base64, newest first. Only its owner may read it. */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, errorLine } from '../error-line.ts';

export interface MasterKey {
  id: string;
  key: Buffer;
}

export interface MasterKeys {
  /** The first line as it is now: another process may have added it. */
  newest(): MasterKey;
  /** Throws when no line of the file has this id. */
  find(id: string): MasterKey;
  /** Puts a new key into the file's first line; the file is replaced whole. */
  add(): MasterKey;
}

/** Opens the file, making it when it is absent. Throws with one line for one that others can read or that is broken. */
export function openMasterKeys(file: string): MasterKeys {
  makeFile(file);
  let keys = readKeys(file);
  return {
    newest() {
      keys = readKeys(file);
      return keys[0];
    },
    find(id) {
      const known = () => keys.find((key) => key.id === id);
      if (!known()) keys = readKeys(file);
      const key = known();
      if (!key) {
        throw new Error(
          `WHARFINGER_MASTER_KEY_FILE: ${file} lacks the key ${id}, under which the database keeps secrets; put its line back`,
        );
      }
      return key;
    },
    add() {
      const fresh = writeWhole(file, `${newLine()}${readFileSync(file, 'utf8')}`);
      renameSync(fresh, file);
      keys = readKeys(file);
      return keys[0];
    },
  };
}

/** The file is whole from its first moment, however many processes start at once and whenever one of them is killed. */
function makeFile(file: string): void {
  if (existsSync(file)) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const fresh = writeWhole(file, newLine());
    try {
      linkSync(fresh, file);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
  } catch (error) {
    throw new Error(`WHARFINGER_MASTER_KEY_FILE: ${file} cannot be made: ${errorLine(error)}`, { cause: error });
  }
}

/** Writes beside the file, down to the disk: a key that is lost takes everything sealed under it along. */
function writeWhole(file: string, text: string): string {
  const fresh = `${file}.${process.pid}`;
  rmSync(fresh, { force: true });
  const handle = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return fresh;
}

function newLine(): string {
  return `${randomBytes(32).toString('base64')}\n`;
}

function readKeys(file: string): [MasterKey, ...MasterKey[]] {
  const [newest, ...older] = readText(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const key = Buffer.from(line.trim(), 'base64');
      if (key.length !== 32) throw new Error(`WHARFINGER_MASTER_KEY_FILE: a line of ${file} is not 32 bytes in base64`);
      return { id: createHash('sha256').update('wharfinger master key').update(key).digest('hex').slice(0, 16), key };
    });
  if (!newest) throw new Error(`WHARFINGER_MASTER_KEY_FILE: ${file} holds no key`);
  return [newest, ...older];
}

function readText(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) === 0) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`WHARFINGER_MASTER_KEY_FILE: ${file} cannot be read: ${errorLine(error)}`, { cause: error });
  }
  throw new Error(`WHARFINGER_MASTER_KEY_FILE: others can read ${file}; chmod 600 it`);
}
