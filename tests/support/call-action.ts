/** Calls actions of the service as a tenant does, without a door: what it needs, its schemas and its errors are real. */
import { actions } from '../../server/src/api/actions.ts';
import { invokeAction } from '../../server/src/api/invoke-action.ts';
import type { Identity } from '../../server/src/platform/action.ts';
import { ActionError } from '../../server/src/platform/errors.ts';
import type { Platform } from '../../server/src/platform/platform.ts';

export type CallAction = (name: string, request?: Record<string, unknown>) => Promise<Record<string, unknown>>;

export function actionCaller(platform: Platform, tenant: bigint): CallAction {
  return callerFor(platform, { kind: 'tenant', tenant, uin: tenant });
}

/** Calls them as the operator does. */
export function operatorCaller(platform: Platform): CallAction {
  return callerFor(platform, { kind: 'operator', key: 'socket' });
}

function callerFor(platform: Platform, identity: Identity): CallAction {
  return (name, request = {}) => {
    const action = actions.find((candidate) => candidate.name === name);
    if (!action) throw new Error(`there is no action ${name}`);
    return invokeAction(platform, action, identity, request, 'test');
  };
}

/** The code of the error that an action answers with; `OK` when it answers without. */
export function errorCode(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'OK',
    (error: unknown) => {
      if (error instanceof ActionError) return error.code;
      throw error;
    },
  );
}
