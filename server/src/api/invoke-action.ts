/** Runs one action for whoever a door has found out to be asking. All doors end here. */
import { readAccount } from '../accounts/index.ts';
import { lockWallet } from '../billing/index.ts';
import type { ActionNeeds, AnyAction, Caller, Identity, OutsideAction, TenantAction } from '../platform/action.ts';
import { worksWhenRunAgain, type AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { requireEdition } from '../subscriptions/index.ts';
import { mayAnswer } from './contract/facts.ts';
import { invokeForOperator } from './invoke-for-operator.ts';
import { parseRequest } from './parse-request.ts';

/** A transaction that lost against another one, or against a migration, is run again this many times. */
const maxRetries = 3;

/**
 * Checks the parameters and what the action needs, runs it, and gives its response as it goes on the wire (without
 * `RequestId`). Throws {@link ActionError}; anything else that is thrown is a fault of ours.
 */
export async function invokeAction(
  platform: Platform,
  action: AnyAction,
  identity: Identity,
  request: Record<string, unknown>,
  requestId: string,
): Promise<Record<string, unknown>> {
  const response = await run(platform, action, identity, request, requestId);
  return action.response.parse(response) as Record<string, unknown>;
}

/** The error as a door shows it. What is not an {@link ActionError} is logged and shown as a fault of ours. */
export function toActionError(
  platform: Platform,
  error: unknown,
  action: AnyAction | undefined,
  requestId: string,
): ActionError {
  if (!(error instanceof ActionError)) {
    platform.log.error({ err: error, action: action?.name, requestId }, 'an action failed');
    return new ActionError(
      'InternalError',
      `the service failed to do this; give its operator the request id ${requestId}`,
    );
  }
  if (action && !mayAnswer(action.api, action.name, error.code)) {
    platform.log.error(
      { err: error, action: action.name, requestId },
      'an action answers with a code that it does not have',
    );
  }
  return error;
}

function run(
  platform: Platform,
  action: AnyAction,
  identity: Identity,
  request: Record<string, unknown>,
  requestId: string,
): Promise<unknown> {
  if (action.kind === 'operator') {
    if (identity.kind !== 'operator') throw notPermitted(`${action.name} is for the operator of this service`);
    return invokeForOperator(platform, action, { key: identity.key, request, requestId });
  }
  if (identity.kind !== 'tenant') throw notPermitted(`${action.name} needs the key of an account`);
  const caller = { tenant: identity.tenant, uin: identity.uin, requestId };
  const parsed = parseRequest(action.request, request);
  if (action.kind === 'tenant') return retried(() => runInTenant(platform, action, parsed, caller));
  return runOutside(platform, action, parsed, caller);
}

function runInTenant(platform: Platform, action: TenantAction, request: unknown, caller: Caller): Promise<unknown> {
  const { tenant, requestId } = caller;
  return platform.database.inTenant(tenant, async (tx) => {
    if (action.needs.role === 'finance:write') await lockWallet(tx, tenant);
    const now = await platform.clock.now(tx);
    await checkNeeds(tx, action.needs, tenant, now);
    return action.handle({ tx, tenant, caller, now, request, requestId, platform });
  });
}

async function runOutside(
  platform: Platform,
  action: OutsideAction,
  request: unknown,
  caller: Caller,
): Promise<unknown> {
  const { tenant, requestId } = caller;
  const inTenant = <T>(work: (tx: AppTransaction) => Promise<T>) => platform.database.inTenant(tenant, work);
  const now = await inTenant(async (tx) => {
    const time = await platform.clock.now(tx);
    await checkNeeds(tx, action.needs, tenant, time);
    return time;
  });
  return action.handle({ tenant, caller, now, request, requestId, platform, inTenant });
}

/** Keys of main accounts may do everything (role creator), so `needs.role` asks nothing of them. */
async function checkNeeds(
  tx: AppTransaction,
  needs: ActionNeeds,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<void> {
  if (needs.verifiedAccount) {
    const { verification } = await readAccount(tx, tenant);
    if (verification !== 'verified') {
      throw new ActionError(
        'UnauthorizedOperation.NotCertification',
        `this needs real-name verification of the account, which is ${verification}; ask the operator to verify it`,
      );
    }
  }
  if (needs.edition) await requireEdition(tx, tenant, now);
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!worksWhenRunAgain(error) || attempt > maxRetries) throw error;
    }
  }
}

function notPermitted(message: string): ActionError {
  return new ActionError('AuthFailure.UnauthorizedOperation', message);
}
