/**
 * Where the operator's socket of a data folder lies: `run/operator.sock`, or, where that path is too long for a socket, a
 * short one that `run/operator.sock.path` names.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A longer path does not fit a socket's address (108 bytes on Linux, 104 elsewhere). */
const longestSocketPath = 100;

/** The path to connect to. */
export function operatorSocketPath(home: string): string {
  const usual = join(home, 'run', 'operator.sock');
  const pointer = `${usual}.path`;
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : usual;
}

/** The path to listen on; what a dead service left there is removed. */
export function prepareSocket(home: string): string {
  const folder = join(home, 'run');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const usual = join(folder, 'operator.sock');
  const pointer = `${usual}.path`;
  rmSync(pointer, { force: true });
  if (usual.length <= longestSocketPath) {
    rmSync(usual, { force: true });
    return usual;
  }
  const shortFolder = join(tmpdir(), `wharfinger-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  mkdirSync(shortFolder, { recursive: true, mode: 0o700 });
  requireOwnFolder(shortFolder);
  const short = join(shortFolder, 'operator.sock');
  rmSync(short, { force: true });
  writeFileSync(pointer, `${short}\n`, { mode: 0o600 });
  return short;
}

/** The temporary folder is everybody's: what lies there under our name may have been laid by another. */
function requireOwnFolder(folder: string): void {
  const facts = lstatSync(folder);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.() || (facts.mode & 0o077) !== 0) {
    throw new Error(
      `${folder} must be a folder of this account with mode 0700; remove it, or choose a shorter WHARFINGER_HOME`,
    );
  }
}
