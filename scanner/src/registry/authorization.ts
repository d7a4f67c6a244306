/**
 * What a registry asks for before it answers: nothing, a user name and password (Basic), or a token of its token service
 * (Bearer). Credentials are sent only to whom asks. Source: distribution specification, token authentication.
 */
import { z } from 'zod';
import { parseDocument } from '../json-document.ts';
import { parseShape } from '../parse-shape.ts';
import type { Challenge } from './challenges.ts';
import { discard, type Exchange } from './exchange.ts';
import { readAnswer } from './read-answer.ts';
import { Passing, registryFailure } from './registry-failure.ts';

export interface Authorization {
  /** The header to begin with; undefined as long as nothing was ever asked for. */
  begin(scope: string, signal: AbortSignal | undefined): Promise<string | undefined>;
  /** The header that answers a refusal of `used`. Throws `registry-denied` when there is none. */
  answer(
    scope: string,
    challenges: readonly Challenge[],
    used: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string>;
}

export interface Credentials {
  username: string;
  password: string;
}

interface TokenService {
  realm: URL;
  service: string | undefined;
}

const tokenAnswer = z.object({
  token: z.string().nullish(),
  access_token: z.string().nullish(),
  expires_in: z.number().positive().nullish(),
});
const largestTokenAnswer = 256 * 1024;
/** Tokens without a life of their own live a minute. Source: token authentication specification. */
const defaultLifeSeconds = 60;
const mostTokens = 1000;

/** The authorization of one registry. `base` is its address. */
export function createAuthorization(
  base: URL,
  exchange: Exchange,
  credentials: Credentials | undefined,
): Authorization {
  const basic =
    credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const tokens = new Map<string, { header: string; endsMs: number }>();
  let asksBasic = false;
  let tokenService: TokenService | undefined;

  async function fetchToken(service: TokenService, scope: string, wanted: string, signal: AbortSignal | undefined) {
    const url = new URL(service.realm);
    if (service.service !== undefined) url.searchParams.set('service', service.service);
    for (const part of wanted.split(' ')) if (part !== '') url.searchParams.append('scope', part);
    if (credentials) url.searchParams.set('account', credentials.username);
    const answer = await exchange({ method: 'GET', url, authorization: basic, accept: 'application/json', signal });
    if (answer.status === 401 || answer.status === 403 || answer.status === 400) {
      discard(answer);
      const what = credentials
        ? 'refuses this user name and password'
        : 'gives no token without a user name and password';
      throw registryFailure('registry-denied', `the token service ${url.host} ${what}`);
    }
    if (answer.status !== 200) {
      discard(answer);
      const failure = registryFailure(
        'registry-error',
        `the token service ${url.host} answers with HTTP ${answer.status}`,
      );
      throw answer.status === 429 || answer.status >= 500 ? new Passing(failure) : failure;
    }
    const parsed = parseToken(await readAnswer(answer, largestTokenAnswer, signal));
    if (!parsed)
      throw registryFailure('registry-error', `the token service ${url.host} answers with something that is no token`);
    const header = `Bearer ${parsed.token}`;
    const oldest = tokens.keys().next();
    if (tokens.size >= mostTokens && !oldest.done) tokens.delete(oldest.value);
    // Renewed a tenth before its end, so that it does not run out on its way.
    tokens.set(scope, { header, endsMs: performance.now() + parsed.lifeSeconds * 900 });
    return header;
  }

  return {
    async begin(scope, signal) {
      if (asksBasic) return basic;
      if (!tokenService) return undefined;
      const known = tokens.get(scope);
      if (known && known.endsMs > performance.now()) return known.header;
      return fetchToken(tokenService, scope, scope, signal);
    },
    async answer(scope, challenges, used, signal) {
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (bearer) {
        tokenService = readTokenService(bearer, base);
        return fetchToken(tokenService, scope, bearer.parameters.get('scope') ?? scope, signal);
      }
      if (!challenges.some(({ scheme }) => scheme === 'basic')) {
        throw registryFailure('registry-denied', `${base.host} asks for a login of a kind that is not known`);
      }
      if (basic === undefined)
        throw registryFailure('registry-denied', `${base.host} asks for a user name and password`);
      if (used === basic) throw registryFailure('registry-denied', `${base.host} refuses this user name and password`);
      asksBasic = true;
      return basic;
    },
  };
}

function readTokenService({ parameters }: Challenge, base: URL): TokenService {
  const realm = parameters.get('realm') ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw registryFailure('registry-error', `${base.host} names no token service that can be asked`);
  }
  if (url.protocol === 'http:' && base.protocol === 'https:') {
    throw registryFailure('registry-error', `${base.host} names a token service without TLS, which is refused`);
  }
  url.username = '';
  url.password = '';
  return { realm: url, service: parameters.get('service') };
}

function parseToken(bytes: Uint8Array): { token: string; lifeSeconds: number } | undefined {
  let json: unknown;
  try {
    json = parseDocument(bytes);
  } catch {
    return undefined;
  }
  const { data } = parseShape(tokenAnswer, json);
  const token = data?.token || data?.access_token;
  // It becomes part of a header.
  if (!data || !token || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  return { token, lifeSeconds: data.expires_in ?? defaultLifeSeconds };
}
