/** Calls to a service from outside: one request, one reply in the API's form. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import { signHeaders } from '../api/tc3-signature.ts';
import { machineTime } from '../platform/machine-time.ts';

const replySchema = z.object({
  Response: z.looseObject({ Error: z.object({ Code: z.string(), Message: z.string() }).optional() }),
});

/** The service refused: its code, and its message for people. */
export class RefusedCall extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${message} (${code})`);
    this.name = 'RefusedCall';
    this.code = code;
  }
}

/** A call as it is told: which action, with what. */
export interface ServiceCall {
  action: string;
  version: string;
  parameters: Record<string, unknown>;
}

export interface SigningKeyPair {
  secretId: string;
  secretKey: string;
}

/** Calls the wire API at a URL, signed. Throws {@link RefusedCall}, or the connection's own error. */
export async function callSigned(url: URL, key: SigningKeyPair, call: ServiceCall): Promise<Record<string, unknown>> {
  const body = JSON.stringify(call.parameters);
  const headers = signHeaders({
    host: url.host,
    action: call.action,
    version: call.version,
    body,
    ...key,
    now: machineTime(),
  });
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  // A URL writes IPv6 addresses in brackets; a connection takes them without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return readReply(await send(request, { host, port: url.port, path: '/', headers }, body));
}

/** Calls the operator's socket. Throws {@link RefusedCall}, or the connection's own error. */
export async function callOperatorSocket(socketPath: string, call: ServiceCall): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', 'x-tc-action': call.action, 'x-tc-version': call.version };
  return readReply(await send(httpRequest, { socketPath, path: '/', headers }, JSON.stringify(call.parameters)));
}

function send(request: typeof httpRequest, options: RequestOptions, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, method: 'POST' }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function readReply(text: string): Record<string, unknown> {
  const reply = replySchema.safeParse(parseJson(text));
  if (!reply.success)
    throw new Error('the service answered something else than an API response; is the endpoint right?');
  const { Error: refusal, ...response } = reply.data.Response;
  if (refusal) throw new RefusedCall(refusal.Code, refusal.Message);
  return response;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
