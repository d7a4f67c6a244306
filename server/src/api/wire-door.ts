/**
 * The wire API: `POST /`, signed with TC3-HMAC-SHA256, as the official SDKs speak it. The order of checks is the
 * contract's: signature, rate, action and version, size, JSON, parameters, permission, state.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findSigningKey } from '../accounts/index.ts';
import type { AnyAction, Identity } from '../platform/action.ts';
import { ActionError } from '../platform/errors.ts';
import { machineTime, monotonicMs } from '../platform/machine-time.ts';
import type { Platform } from '../platform/platform.ts';
import type { ActionRegistry } from './action-registry.ts';
import { invokeAction, toActionError } from './invoke-action.ts';
import type { Metrics } from './metrics.ts';
import { parseBody } from './parse-request.ts';
import { createRateLimit } from './rate-limit.ts';
import { sendError, sendResponse } from './reply.ts';
import { checkTimestamp, parseAuthorization, verifySignature } from './tc3-signature.ts';

/** The largest body; more is not read. */
export const maxBodyBytes = 10 * 1024 * 1024;

export function installWireDoor(
  app: FastifyInstance,
  platform: Platform,
  registry: ActionRegistry,
  metrics: Metrics,
): void {
  const rate = createRateLimit(platform.config.requestsPerSecond);

  app.post('/', async (request, reply) => {
    const requestId = randomUUID();
    const startedAt = monotonicMs();
    let action: AnyAction | undefined;
    try {
      const identity = await authenticate(platform, request);
      const name = header(request, 'x-tc-action') ?? '';
      const account = identity.kind === 'tenant' ? identity.uin : 'operator';
      if (!rate.take(`${account} ${name.slice(0, 128)}`, startedAt)) {
        throw new ActionError(
          'RequestLimitExceeded',
          `more than ${platform.config.requestsPerSecond} requests a second; slow down and try again`,
        );
      }
      action = registry.find(name, header(request, 'x-tc-version'));
      const response = await invokeAction(platform, action, identity, parseBody(bodyOf(request)), requestId);
      metrics.answered(action.name, 'OK', monotonicMs() - startedAt);
      return sendResponse(reply, requestId, response);
    } catch (error) {
      const shown = toActionError(platform, error, action, requestId);
      metrics.answered(action?.name ?? '', shown.code, monotonicMs() - startedAt);
      return sendError(reply, requestId, shown);
    }
  });

  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/',
    handler: (request, reply) =>
      sendError(
        reply,
        randomUUID(),
        new ActionError('UnsupportedProtocol', `the API speaks POST with a JSON body, not ${request.method}`),
      ),
  });
}

/** What the framework refuses before a handler runs: answered in the same form. */
export function answerRefusal(platform: Platform, error: unknown, reply: FastifyReply): FastifyReply {
  const requestId = randomUUID();
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const limit = new ActionError('RequestSizeLimitExceeded', `a request body may have at most ${maxBodyBytes} bytes`);
    return sendError(reply, requestId, limit);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500)
    return sendError(
      reply,
      requestId,
      new ActionError('UnsupportedProtocol', 'the request is not valid HTTP for this API'),
    );
  return sendError(reply, requestId, toActionError(platform, error, undefined, requestId));
}

/** Whose key signed the request. Throws an `AuthFailure` that says what is wrong. */
async function authenticate(platform: Platform, request: FastifyRequest): Promise<Identity> {
  const authorization = parseAuthorization(header(request, 'authorization'));
  if (header(request, 'x-tc-content-sha256')?.toUpperCase() === 'UNSIGNED-PAYLOAD') {
    throw new ActionError('AuthFailure.SignatureFailure', 'the body must be signed; UNSIGNED-PAYLOAD is not served');
  }
  const timestamp = checkTimestamp(header(request, 'x-tc-timestamp'), authorization.date, machineTime());
  const key = await findSigningKey(platform.database, platform.secrets, authorization.secretId);
  if (!key)
    throw new ActionError('AuthFailure.SecretIdNotFound', 'there is no such SecretId; check it or make a new key');
  const [, query = ''] = request.url.split('?', 2);
  const signed = { method: request.method, query, headers: singleHeaders(request), body: bodyOf(request) };
  verifySignature(signed, authorization, timestamp, key.secretKey);
  if (!key.enabled) throw new ActionError('AuthFailure.InvalidSecretId', 'this key is switched off');
  if (header(request, 'x-tc-token')) {
    throw new ActionError('AuthFailure.TokenFailure', 'this service issues no session tokens; leave X-TC-Token away');
  }
  return key.owner;
}

function bodyOf(request: FastifyRequest): Uint8Array {
  return Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function singleHeaders(request: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(request.headers).map((name) => [name, header(request, name)]));
}
