/** Requests to one registry: authorised, tried again when what went wrong may pass, judged by their status. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { createAuthorization, type Credentials } from './authorization.ts';
import { parseChallenges } from './challenges.ts';
import { cancelled, createExchange, discard, type Answer } from './exchange.ts';
import { readAnswer } from './read-answer.ts';
import { Passing, quoted, registryFailure } from './registry-failure.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface TransportOptions {
  base: string;
  credentials: Credentials | undefined;
  dispatcher: Dispatcher;
  /** How often a request is tried again. */
  retries: number;
  /** Before the first retry; doubled for each further one. */
  backoffMs: number;
  /** A connection that is silent for so long is given up. */
  idleTimeoutMs: number;
}

export interface RegistryRequest<T> {
  method?: 'GET' | 'HEAD';
  /** Appended to the registry's base; begins with `/v2/`. */
  path: string;
  /** Such as `repository:library/alpine:pull`; empty for the registry as such. */
  scope: string;
  accept?: string;
  fromByte?: number;
  signal?: AbortSignal | undefined;
  /** Takes a successful answer; runs within the same try, so that a connection cut while reading is tried again too. */
  read(answer: Answer): Promise<T>;
}

export type Transport = <T>(request: RegistryRequest<T>) => Promise<T>;

/** A registry that wants us to wait longer than this is a registry that does not answer now. */
const longestWaitMs = 60_000;

export function createTransport(options: TransportOptions): Transport {
  const base = new URL(options.base);
  const exchange = createExchange(options.dispatcher, options.idleTimeoutMs);
  const authorization = createAuthorization(base, exchange, options.credentials);

  async function attempt<T>(request: RegistryRequest<T>): Promise<T> {
    const { scope, signal } = request;
    const outgoing = {
      method: request.method ?? 'GET',
      url: new URL(`${options.base}${request.path}`),
      accept: request.accept,
      fromByte: request.fromByte,
      signal,
    } as const;
    const used = await authorization.begin(scope, signal);
    let answer = await exchange({ ...outgoing, authorization: used });
    if (answer.status === 401 && answer.url.origin === base.origin) {
      const challenges = parseChallenges(answer.headers['www-authenticate']);
      discard(answer);
      answer = await exchange({
        ...outgoing,
        authorization: await authorization.answer(scope, challenges, used, signal),
      });
      if (answer.status === 401 && answer.url.origin === base.origin) {
        discard(answer);
        const what = options.credentials ? 'refuses this user name and password' : 'asks for a user name and password';
        throw registryFailure('registry-denied', `${base.host} ${what}`);
      }
    }
    if (answer.status === 200 || (answer.status === 206 && request.fromByte !== undefined)) return request.read(answer);
    throw await judge(answer, signal);
  }

  return async function send(request) {
    for (let retry = 0; ; retry++) {
      try {
        return await attempt(request);
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        const waitMs = Math.max(error.afterMs ?? 0, options.backoffMs * 2 ** retry * (0.75 + Math.random() / 2));
        if (retry >= options.retries || waitMs > longestWaitMs) throw error.error;
        await sleep(waitMs, undefined, { signal: request.signal }).catch(() => undefined);
        const stopped = cancelled(request.signal);
        if (stopped) throw stopped;
      }
    }
  };
}

const largestErrorAnswer = 16 * 1024;
const errorAnswer = z.object({
  errors: z.array(z.object({ code: z.string().optional(), message: z.string().nullish() })).min(1),
});

/** What an answer that is not a success means. */
async function judge(answer: Answer, signal: AbortSignal | undefined) {
  const { status, url } = answer;
  const said = await whatItSays(answer, signal);
  const message = `${url.host} answers with HTTP ${status}${said && `: ${said}`}`;
  if (status === 401 || status === 403) return registryFailure('registry-denied', message);
  if (status === 404) return registryFailure('registry-not-found', message);
  const failure = registryFailure('registry-error', message);
  if (status !== 429 && status < 500) return failure;
  return new Passing(failure, parseRetryAfter(answer.header('retry-after'), Temporal.Now.instant()));
}

async function whatItSays(answer: Answer, signal: AbortSignal | undefined): Promise<string> {
  try {
    const text = Buffer.from(await readAnswer(answer, largestErrorAnswer, signal)).toString();
    const first = errorAnswer.parse(JSON.parse(text)).errors[0];
    return quoted(first?.message || first?.code || '');
  } catch {
    return '';
  }
}
