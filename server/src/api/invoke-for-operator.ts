/**
 * Runs an operator's action and keeps the call in the audit log: with the first thing that it changes, in the same
 * transaction, so that nothing is done of which the log does not tell; refused and failed calls in one of their own. Calls
 * that only read are kept as well: who looked at whose data is a part of what the log is asked.
 */
import type { OperatorAction } from '../platform/action.ts';
import { appendToAuditLog, redactRequest, type AuditEntry } from '../platform/audit/index.ts';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { machineTime } from '../platform/machine-time.ts';
import type { Platform } from '../platform/platform.ts';
import { parseRequest } from './parse-request.ts';

/** A call as a door has taken it. */
export interface OperatorCall {
  /** The id of the key that signed it, or `socket`. */
  key: string;
  request: Record<string, unknown>;
  requestId: string;
}

export async function invokeForOperator(
  platform: Platform,
  action: OperatorAction,
  call: OperatorCall,
): Promise<unknown> {
  const { database } = platform;
  const { requestId } = call;
  const now = await database.inSystem('read the clock', (tx) => platform.clock.now(tx));
  const audit = openAudit(platform, action, call, now);
  try {
    const request = parseRequest(action.request, call.request);
    if (action.ownTransactions) await audit.alone('Begun');
    const response = await action.handle({
      now,
      request,
      requestId,
      platform,
      inSystem: (work) => audit.within((done) => database.inSystem(action.name, (tx) => done(tx, work(tx)))),
      inTenant: (tenant, work) => audit.within((done) => database.inTenant(tenant, (tx) => done(tx, work(tx)))),
    });
    await audit.done();
    return response;
  } catch (error) {
    // Without a database nothing can be kept, and nothing was done either.
    await audit.alone(error instanceof ActionError ? error.code : 'InternalError').catch((err: unknown) => {
      platform.log.error({ err, action: action.name, requestId }, 'a failed call is missing in the audit log');
    });
    throw error;
  }
}

/** Ends a transaction's work with the row of the call. */
type Done = <T>(tx: AppTransaction | SystemTransaction, work: Promise<T>) => Promise<T>;

interface Audit {
  /** Runs a transaction that keeps the call, if none before it has. */
  within<T>(transaction: (done: Done) => Promise<T>): Promise<T>;
  /** Keeps that it is done, unless that stands in the log already. */
  done(): Promise<void>;
  /** Keeps a row of its own. */
  alone(code: string): Promise<void>;
}

function openAudit(platform: Platform, action: OperatorAction, call: OperatorCall, at: Temporal.Instant): Audit {
  const request = redactRequest(action.request, call.request);
  const { key: operator, requestId } = call;
  let kept = false;
  const append = (tx: AppTransaction | SystemTransaction, code: string) => {
    const time = machineTime().round({ smallestUnit: 'millisecond', roundingMode: 'floor' });
    return appendToAuditLog(tx, { at, machineTime: time, operator, action: action.name, requestId, request, code });
  };
  const tell = ({ number, hash, code }: AuditEntry) =>
    // Logs are shipped elsewhere: there the hashes are out of reach of whoever changes the database.
    platform.log.info({ number, hash, operator, action: action.name, requestId, code }, 'an operator called');
  const alone = async (code: string) =>
    tell(await platform.database.inSystem('keep a call in the audit log', (tx) => append(tx, code)));
  return {
    alone,
    async within(transaction) {
      if (kept || action.ownTransactions) return transaction((_, work) => work);
      let entry: AuditEntry | undefined;
      const result = await transaction(async (tx, work) => {
        const outcome = await work;
        entry = await append(tx, 'OK');
        return outcome;
      });
      kept = true;
      if (entry) tell(entry);
      return result;
    },
    done: async () => {
      if (!kept) await alone('OK');
    },
  };
}
