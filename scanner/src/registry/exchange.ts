/** One HTTP request and its redirects, with what must never happen on the way: a password told to another host, TLS given up. */
import type { Readable } from 'node:stream';
import { request, type Dispatcher } from 'undici';
import { ScanError } from '../model.ts';
import { networkFailure, registryFailure } from './registry-failure.ts';

export interface Outgoing {
  method: 'GET' | 'HEAD';
  url: URL;
  accept?: string | undefined;
  /** First byte that is wanted, for going on where a stream broke. */
  fromByte?: number | undefined;
  authorization?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  /** The first value of a header; names in lower case. */
  header(name: string): string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Readable;
  /** Where the answer came from after redirects. */
  url: URL;
}

export type Exchange = (outgoing: Outgoing) => Promise<Answer>;

const mostRedirects = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Any status that is no redirect comes back as it is; what the network says instead is thrown. */
export function createExchange(dispatcher: Dispatcher, idleTimeoutMs: number): Exchange {
  return async function exchange(outgoing) {
    let url = outgoing.url;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const answer = await once(dispatcher, idleTimeoutMs, outgoing, url);
      if (!redirectStatuses.has(answer.status)) return answer;
      discard(answer);
      url = redirectTarget(answer, url);
    }
    throw registryFailure('registry-error', `${outgoing.url.host} redirects again and again`);
  };
}

async function once(dispatcher: Dispatcher, idleTimeoutMs: number, outgoing: Outgoing, url: URL): Promise<Answer> {
  const { method, accept, fromByte, authorization, signal } = outgoing;
  const headers: Record<string, string> = { 'user-agent': 'wharfinger-scan', 'accept-encoding': 'identity' };
  if (accept !== undefined) headers['accept'] = accept;
  if (fromByte !== undefined) headers['range'] = `bytes=${fromByte}-`;
  if (authorization !== undefined && url.origin === outgoing.url.origin) headers['authorization'] = authorization;
  try {
    const response = await request(url, {
      dispatcher,
      method,
      headers,
      headersTimeout: idleTimeoutMs,
      bodyTimeout: idleTimeoutMs,
      ...(signal && { signal }),
    });
    // Destroying an unread body emits an error that nobody waits for; who reads it sees errors by the iteration.
    response.body.on('error', () => undefined);
    return {
      status: response.statusCode,
      headers: response.headers,
      header(name) {
        const value = response.headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
      body: response.body,
      url,
    };
  } catch (error) {
    throw cancelled(signal) ?? networkFailure(error, url.host);
  }
}

function redirectTarget(answer: Answer, from: URL): URL {
  const location = answer.header('location') ?? '';
  if (location === '' || !URL.canParse(location, from)) {
    throw registryFailure('registry-error', `${from.host} redirects to nowhere`);
  }
  const target = new URL(location, from);
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && from.protocol === 'http:')) {
    throw registryFailure(
      'registry-error',
      `${from.host} redirects from TLS to ${target.protocol}//, which is refused`,
    );
  }
  target.username = '';
  target.password = '';
  return target;
}

/** Lets go of an answer that nobody reads; a short one leaves its connection usable. */
export function discard({ body }: Answer): void {
  let bytes = 0;
  body.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > 65_536) body.destroy();
  });
}

/** The error of whoever aborted, when that is why a request failed. */
export function cancelled(signal: AbortSignal | undefined): ScanError | undefined {
  if (!signal?.aborted) return undefined;
  if (signal.reason instanceof ScanError) return signal.reason;
  return registryFailure('cancelled', 'the work was stopped', signal.reason);
}
