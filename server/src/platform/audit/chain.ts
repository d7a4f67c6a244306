/** The chain of the audit log: what a row's hash is over, and what is wrong with rows that were read. Pure. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** One call of an operator's action. */
export interface AuditRecord {
  /** Business time. */
  readonly at: Temporal.Instant;
  /** Whole milliseconds. */
  readonly machineTime: Temporal.Instant;
  /** The id of the key that signed the call, or `socket`. */
  readonly operator: string;
  readonly action: string;
  readonly requestId: string;
  /** Canonical JSON, without secrets. */
  readonly request: string;
  /** `OK`, `Begun`, or the error's code. */
  readonly code: string;
}

/** Where the chain stands: the number and hash of a row. */
export interface AuditHead {
  readonly number: bigint;
  readonly hash: string;
}

export interface AuditEntry extends AuditRecord, AuditHead {
  readonly previousHash: string;
}

/** What stands before the first row. */
export const emptyHead: AuditHead = { number: 0n, hash: '0'.repeat(64) };

/** The row that follows a head. */
export function nextEntry(head: AuditHead, record: AuditRecord): AuditEntry {
  const unhashed = { ...record, number: head.number + 1n, previousHash: head.hash };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** SHA-256, in hex, over everything in a row but the hash itself. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const content = {
    number: String(entry.number),
    at: entry.at.toString(),
    machineTime: entry.machineTime.toString(),
    operator: entry.operator,
    action: entry.action,
    requestId: entry.requestId,
    request: entry.request,
    code: entry.code,
    previousHash: entry.previousHash,
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

export interface ChainProblem {
  readonly number: bigint;
  readonly problem: string;
}

/**
 * What is wrong with a row that is read after another one: with its place, its tie to the row before, or its content. The
 * next row is held against this one as it is, so that each fault is told once.
 */
export function problemsOf(before: AuditHead, entry: AuditEntry): ChainProblem[] {
  const problems: string[] = [];
  if (entry.number !== before.number + 1n) problems.push(`comes after row ${before.number}: rows are missing`);
  if (entry.previousHash !== before.hash) problems.push(`does not follow row ${before.number} as that row is now`);
  if (entry.hash !== hashOf(entry)) problems.push('was changed: its hash is of something else');
  return problems.map((problem) => ({ number: entry.number, problem }));
}
