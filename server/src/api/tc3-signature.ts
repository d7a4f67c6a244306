/**
 * TC3-HMAC-SHA256: how requests are signed. Pure: what was received and what time it is come in as values.
 * Source: contract, README, "Requests and signatures".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ActionError } from '../platform/errors.ts';

export const algorithm = 'TC3-HMAC-SHA256';
/** The furthest that a request's time may lie from ours, in either direction. */
export const maxSkewSeconds = 300;

/** What of a request is signed. Header names are in lower case. */
export interface SignedRequest {
  method: string;
  /** Without its question mark, as received. */
  query: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
}

/** The `Authorization` header, taken apart. */
export interface Authorization {
  secretId: string;
  /** UTC day of the scope, `YYYY-MM-DD`. */
  date: string;
  /** As the client has it: SDKs derive it from the endpoint in different ways. */
  service: string;
  signedHeaders: readonly string[];
  signature: string;
}

const authorizationPattern =
  /^TC3-HMAC-SHA256 Credential=([^/\s,]{1,128})\/(\d{4}-\d\d-\d\d)\/([^/\s,]{1,256})\/tc3_request, ?SignedHeaders=([a-z0-9;_-]{1,2048}), ?Signature=([0-9a-fA-F]{64})$/;

/** Takes the header apart. Throws `AuthFailure.InvalidAuthorization` when it is absent, of another kind or malformed. */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined || header === '')
    throw malformed('this request is not signed; sign it with TC3-HMAC-SHA256');
  if (header === 'SKIP')
    throw malformed('requests without a signature are not served; give the client a SecretId and SecretKey');
  const match = authorizationPattern.exec(header);
  if (!match) throw malformed('the Authorization header is not a TC3-HMAC-SHA256 signature');
  const [, secretId = '', date = '', service = '', names = '', signature = ''] = match;
  const signedHeaders = names.split(';');
  if (!signedHeaders.includes('content-type') || !signedHeaders.includes('host')) {
    throw malformed('SignedHeaders must name content-type and host');
  }
  return { secretId, date, service, signedHeaders, signature };
}

/**
 * The request's time in Unix seconds. Throws `AuthFailure.SignatureExpire` when it lies too far from `now` (machine
 * time), `AuthFailure.SignatureFailure` when it is absent or not of the scope's day.
 */
export function checkTimestamp(header: string | undefined, date: string, now: Temporal.Instant): string {
  if (header === undefined || !/^\d{1,12}$/.test(header)) {
    throw new ActionError('AuthFailure.SignatureFailure', 'X-TC-Timestamp must be the time in Unix seconds');
  }
  const seconds = Number(header);
  const distance = Math.abs(seconds - Math.floor(now.epochMilliseconds / 1000));
  if (distance > maxSkewSeconds) {
    throw new ActionError(
      'AuthFailure.SignatureExpire',
      `X-TC-Timestamp is ${distance} seconds away from this server's time; at most ${maxSkewSeconds} are allowed: set your clock`,
    );
  }
  if (utcDay(seconds) !== date) {
    throw new ActionError(
      'AuthFailure.SignatureFailure',
      "the credential scope's date is not the UTC day of X-TC-Timestamp",
    );
  }
  return header;
}

/**
 * Whether the signature is that of the key. `Host` is taken as received, then without its port: clients sign either.
 * Throws `AuthFailure.SignatureFailure` when it is not.
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  timestamp: string,
  secretKey: string,
): void {
  const host = request.headers['host'] ?? '';
  const received = Buffer.from(authorization.signature.toLowerCase());
  for (const candidate of new Set([host, host.replace(/:\d{1,5}$/, '')])) {
    const headers = { ...request.headers, host: candidate };
    const expected = Buffer.from(signature({ ...request, headers }, authorization, timestamp, secretKey));
    if (timingSafeEqual(received, expected)) return;
  }
  throw new ActionError('AuthFailure.SignatureFailure', 'the signature does not fit the request; check the SecretKey');
}

/** The signature of a request, hex. */
export function signature(
  request: SignedRequest,
  scope: Pick<Authorization, 'date' | 'service' | 'signedHeaders'>,
  timestamp: string,
  secretKey: string,
): string {
  const credentialScope = `${scope.date}/${scope.service}/tc3_request`;
  const text = [algorithm, timestamp, credentialScope, sha256(canonicalRequest(request, scope.signedHeaders))].join(
    '\n',
  );
  const dayKey = hmac(`TC3${secretKey}`, scope.date);
  return hmac(hmac(hmac(dayKey, scope.service), 'tc3_request'), text).toString('hex');
}

/** Signs a JSON request to `POST /`, for our own command line and tests. Returns the headers to send. */
export function signHeaders(call: {
  host: string;
  action: string;
  version: string;
  body: string;
  secretId: string;
  secretKey: string;
  now: Temporal.Instant;
}): Record<string, string> {
  const timestamp = String(Math.floor(call.now.epochMilliseconds / 1000));
  const scope = { date: utcDay(Number(timestamp)), service: 'wharfinger', signedHeaders: ['content-type', 'host'] };
  const headers = { 'content-type': 'application/json', host: call.host };
  const request = { method: 'POST', query: '', headers, body: Buffer.from(call.body) };
  return {
    ...headers,
    'x-tc-action': call.action,
    'x-tc-version': call.version,
    'x-tc-timestamp': timestamp,
    authorization: `${algorithm} Credential=${call.secretId}/${scope.date}/${scope.service}/tc3_request, SignedHeaders=${scope.signedHeaders.join(';')}, Signature=${signature(request, scope, timestamp, call.secretKey)}`,
  };
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const lines = signedHeaders.map((name) => `${name}:${canonicalValue(name, request.headers[name])}\n`).join('');
  return [request.method, '/', request.query, lines, signedHeaders.join(';'), sha256(request.body)].join('\n');
}

/** The vendor's documentation signs the action's name in lower case; other values stand as they were sent. */
function canonicalValue(name: string, value = ''): string {
  return name === 'x-tc-action' ? value.trim().toLowerCase() : value.trim();
}

function utcDay(unixSeconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(unixSeconds * 1000)
    .toString()
    .slice(0, 10);
}

function sha256(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}

function hmac(key: string | Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}

function malformed(message: string): ActionError {
  return new ActionError('AuthFailure.InvalidAuthorization', message);
}
