/**
 * How commands reach the running service: the operator's socket of this data folder, or `WHARFINGER_ENDPOINT` signed with
 * an operator's key. They never open the database.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { z } from 'zod';
import { operatorSocketPath } from '../api/operator-socket.ts';
import { signHeaders } from '../api/tc3-signature.ts';
import { wharfingerHome } from '../platform/config.ts';
import { machineTime } from '../platform/machine-time.ts';
import type { CommandIo } from './command.ts';

const version = '2026-11-01';
const replySchema = z.object({
  Response: z.looseObject({ Error: z.object({ Code: z.string(), Message: z.string() }).optional() }),
});

/** Calls an operator's action and gives its response. Throws with one line that says what is wrong. */
export async function callOperatorAction(
  io: CommandIo,
  action: string,
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const body = JSON.stringify(parameters);
  const endpoint = io.env['WHARFINGER_ENDPOINT'];
  const text = endpoint ? await callEndpoint(io, endpoint, action, body) : await callSocket(io, action, body);
  const reply = replySchema.safeParse(safeJson(text));
  if (!reply.success)
    throw new Error('the service answered something else than an API response; is the endpoint right?');
  const { Error: refusal, ...response } = reply.data.Response;
  if (refusal) throw new Error(`${refusal.Message} (${refusal.Code})`);
  return response;
}

async function callSocket(io: CommandIo, action: string, body: string): Promise<string> {
  const socketPath = operatorSocketPath(wharfingerHome(io.env));
  const headers = { 'content-type': 'application/json', 'x-tc-action': action, 'x-tc-version': version };
  try {
    return await send(httpRequest, { socketPath, path: '/', headers }, body);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') {
      throw new Error(
        `no service runs on ${wharfingerHome(io.env)}; start it with "npm start", or set WHARFINGER_HOME or WHARFINGER_ENDPOINT`,
        { cause: error },
      );
    }
    if (code === 'EACCES')
      throw new Error(`only the account that runs the service may use ${socketPath}`, { cause: error });
    throw error;
  }
}

async function callEndpoint(io: CommandIo, endpoint: string, action: string, body: string): Promise<string> {
  const secretId = io.env['WHARFINGER_SECRET_ID'];
  const secretKey = io.env['WHARFINGER_SECRET_KEY'];
  if (!secretId || !secretKey) {
    throw new Error(
      'WHARFINGER_ENDPOINT needs the operator key in WHARFINGER_SECRET_ID and WHARFINGER_SECRET_KEY ("wharfinger account operator-key" makes one)',
    );
  }
  if (!URL.canParse(endpoint))
    throw new Error('WHARFINGER_ENDPOINT must be a URL such as https://wharfinger.example.com');
  const url = new URL(endpoint);
  const headers = signHeaders({ host: url.host, action, version, body, secretId, secretKey, now: machineTime() });
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  try {
    return await send(request, { host: url.hostname, port: url.port, path: '/', headers }, body);
  } catch (error) {
    throw new Error(`${endpoint} does not answer: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
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

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
