/** Signed calls of the wire API for tests, where the official SDK would hide what is sent. */
import { signHeaders } from '../../server/src/api/tc3-signature.ts';

export interface WireKey {
  secretId: string;
  secretKey: string;
}

export interface WireReply {
  Error?: { Code: string; Message: string };
  RequestId: string;
  [field: string]: unknown;
}

/** Calls an action at `http://host:port` and gives what stands in `Response`. */
export async function callWire(
  url: string,
  key: WireKey,
  action: string,
  parameters: Record<string, unknown> = {},
  version = '2020-11-01',
): Promise<WireReply> {
  const body = JSON.stringify(parameters);
  const { host } = new URL(url);
  const { host: _, ...headers } = signHeaders({ host, action, version, body, ...key, now: Temporal.Now.instant() });
  const response = await fetch(url, { method: 'POST', headers, body });
  const { Response } = (await response.json()) as { Response: WireReply };
  return Response;
}
