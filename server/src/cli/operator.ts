/**
 * How commands reach the running service: the operator's socket of this data folder, or `WHARFINGER_ENDPOINT` signed with
 * an operator's key. They never open the database.
 */
import { operatorSocketPath } from '../api/operator-socket.ts';
import { wharfingerHome } from '../platform/config.ts';
import { errorCode, errorLine } from '../platform/error-line.ts';
import type { CommandIo } from './command.ts';
import { callOperatorSocket, callSigned, RefusedCall, type ServiceCall } from './service-call.ts';

const version = '2026-11-01';

/** Calls an operator's action and gives its response. Throws with one line that says what is wrong. */
export function callOperatorAction(
  io: CommandIo,
  action: string,
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const call = { action, version, parameters };
  const endpoint = io.env['WHARFINGER_ENDPOINT'];
  return endpoint ? callEndpoint(io, endpoint, call) : callHome(wharfingerHome(io.env), call);
}

async function callHome(home: string, call: ServiceCall): Promise<Record<string, unknown>> {
  const path = operatorSocketPath(home);
  try {
    return await callOperatorSocket(path, call);
  } catch (error) {
    if (error instanceof RefusedCall) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ECONNREFUSED') {
      throw new Error(
        `no service runs on ${home}; start it with "npm start", or set WHARFINGER_HOME or WHARFINGER_ENDPOINT`,
        { cause: error },
      );
    }
    if (code === 'EACCES') throw new Error(`only the account that runs the service may use ${path}`, { cause: error });
    throw new Error(`the service on ${home} did not answer: ${errorLine(error)}`, { cause: error });
  }
}

async function callEndpoint(io: CommandIo, endpoint: string, call: ServiceCall): Promise<Record<string, unknown>> {
  const secretId = io.env['WHARFINGER_SECRET_ID'];
  const secretKey = io.env['WHARFINGER_SECRET_KEY'];
  if (!secretId || !secretKey) {
    throw new Error(
      'WHARFINGER_ENDPOINT needs the operator key in WHARFINGER_SECRET_ID and WHARFINGER_SECRET_KEY ("wharfinger account operator-key" makes one)',
    );
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error('WHARFINGER_ENDPOINT must be a URL such as https://wharfinger.example.com');
  try {
    return await callSigned(url, { secretId, secretKey }, call);
  } catch (error) {
    if (error instanceof RefusedCall) throw error;
    throw new Error(`${url.origin}: ${errorLine(error)}`, { cause: error });
  }
}
