/** SQL of the audit log. Rows come in by two functions of the database; nothing changes or deletes one. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../database/index.ts';
import {
  emptyHead,
  nextEntry,
  problemsOf,
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  type ChainProblem,
} from './chain.ts';

/** Rows that are read at once. */
const pageSize = 1_000;
/** So many problems are told. */
const mostProblems = 100;

/**
 * Adds a row, in the transaction of what it tells of. The log is held until the transaction ends: this comes last in it,
 * so that no other operator waits longer than for a commit.
 */
export async function appendToAuditLog(
  tx: AppTransaction | SystemTransaction,
  record: AuditRecord,
): Promise<AuditEntry> {
  const { rows } = await sql<AuditHead>`select number, hash from hold_audit_log()`.execute(tx);
  const entry = nextEntry(rows[0] ?? emptyHead, record);
  await sql`
    select append_to_audit_log(${entry.number}, ${entry.at}, ${entry.machineTime}, ${entry.operator}, ${entry.action},
      ${entry.requestId}, ${entry.request}, ${entry.code}, ${entry.previousHash}, ${entry.hash})`.execute(tx);
  return entry;
}

export interface AuditFilters {
  /** Rows before this one. */
  readonly before?: bigint | undefined;
  readonly action?: string | undefined;
  readonly operator?: string | undefined;
  readonly limit: number;
}

/** The newest rows first. */
export async function listAuditLog(
  tx: SystemTransaction,
  { before, action, operator, limit }: AuditFilters,
): Promise<AuditEntry[]> {
  const { rows } = await sql<AuditRow>`
    select * from audit_log
    where (${before ?? null}::bigint is null or number < ${before ?? null})
      and (${action ?? null}::text is null or action = ${action ?? null})
      and (${operator ?? null}::text is null or operator = ${operator ?? null})
    order by number desc limit ${limit}`.execute(tx);
  return rows.map(toEntry);
}

export interface AuditVerification {
  /** The last row; {@link emptyHead} of an empty log. */
  head: AuditHead;
  entries: bigint;
  /** The first of them; none: the log is whole. */
  problems: ChainProblem[];
}

/**
 * Reads the whole chain. With `kept`, a head that was noted earlier and elsewhere, it also finds a chain that was cut off
 * or made anew.
 */
export async function verifyAuditLog(tx: SystemTransaction, kept?: AuditHead): Promise<AuditVerification> {
  const problems: ChainProblem[] = [];
  let head = emptyHead;
  let entries = 0n;
  let keptIsThere = kept === undefined;
  for (;;) {
    const { rows } = await sql<AuditRow>`
      select * from audit_log where number > ${head.number} order by number limit ${pageSize}`.execute(tx);
    for (const entry of rows.map(toEntry)) {
      problems.push(...problemsOf(head, entry));
      if (entry.number === kept?.number && entry.hash === kept.hash) keptIsThere = true;
      head = entry;
      entries += 1n;
    }
    if (rows.length < pageSize) break;
  }
  if (kept && !keptIsThere) {
    problems.unshift({
      number: kept.number,
      problem: 'is not the row of that hash: the chain was cut off or made anew',
    });
  }
  const { number, hash } = head;
  return { head: { number, hash }, entries, problems: problems.slice(0, mostProblems) };
}

interface AuditRow {
  number: bigint;
  at: Temporal.Instant;
  machine_time: Temporal.Instant;
  operator: string;
  action: string;
  request_id: string;
  request: string;
  code: string;
  previous_hash: string;
  hash: string;
}

function toEntry(row: AuditRow): AuditEntry {
  const { machine_time: machineTime, request_id: requestId, previous_hash: previousHash, ...same } = row;
  return { ...same, machineTime, requestId, previousHash };
}
