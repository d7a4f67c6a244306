/** What the contract says of an action, whether or not we serve it: facts generated into `facts.json`. */
import type { ApiName } from '../../platform/action.ts';
import facts from './facts.json' with { type: 'json' };

interface ApiFacts {
  offline: readonly string[];
  errors: Readonly<Record<string, readonly string[]>>;
}

const byApi = new Map<string, ApiFacts>([
  ['tcss/2020-11-01', facts['tcss/2020-11-01']],
  ['billing/2018-07-09', facts['billing/2018-07-09']],
]);

/** Codes that the gateway may answer any action with. */
const gatewayFamilies: ReadonlySet<string> = new Set([
  'ActionOffline',
  'AuthFailure',
  'InternalError',
  'InvalidAction',
  'InvalidParameter',
  'InvalidParameterValue',
  'MissingParameter',
  'NoSuchVersion',
  'RequestLimitExceeded',
  'RequestSizeLimitExceeded',
  'UnauthorizedOperation',
  'UnknownParameter',
  'UnsupportedProtocol',
]);

/** Whether the vendor has taken this action off; it then answers `ActionOffline`. */
export function isOffline(api: ApiName, action: string): boolean {
  return byApi.get(api)?.offline.includes(action) ?? false;
}

/**
 * Whether an action may answer with this code: one that the contract lists for it, one of ours below a first part that
 * it lists, or the gateway's. Of actions that the contract does not have every code may come.
 */
export function mayAnswer(api: ApiName, action: string, code: string): boolean {
  const listed = byApi.get(api)?.errors[action];
  const [family = ''] = code.split('.', 1);
  return (
    listed === undefined || gatewayFamilies.has(family) || listed.some((other) => other.split('.', 1)[0] === family)
  );
}
