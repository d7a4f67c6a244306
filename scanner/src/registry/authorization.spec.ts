import { MockAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeRegistry, type FakeHandler } from '../../../tests/support/fake-registry.ts';
import { ScanError } from '../model.ts';
import { createRegistryClient } from './index.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(handler: FakeHandler) {
  const fake = await startFakeRegistry(handler);
  cleanups.push(() => fake.stop());
  return fake;
}

interface TokenWorld {
  /** Whom the token service gives tokens; `undefined`: anybody. */
  login?: string;
  answer?: (token: string) => unknown;
  /** Tokens are good for so many requests. */
  uses?: number;
}

/** A registry and its token service on another port, as Docker Hub has it. */
async function tokenWorld({
  login,
  answer = (token) => ({ token, expires_in: 300 }),
  uses = Infinity,
}: TokenWorld = {}) {
  const good = new Map<string, { scope: string; uses: number }>();
  const service = await serve((request, response, path) => {
    const { searchParams } = new URL(path, 'http://x');
    const scope = searchParams.getAll('scope').join(' ');
    if (login !== undefined && request.headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`) {
      return void response.writeHead(401).end();
    }
    const token = `token-${good.size}`;
    good.set(token, { scope, uses });
    return response.end(JSON.stringify(answer(token)));
  });
  const registry = await serve((request, response, path) => {
    const repository = /^\/v2\/(.*)\/tags\//.exec(path)?.[1];
    const scope = repository ? `repository:${repository}:pull` : '';
    const token = good.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (token && token.scope === scope && token.uses-- > 0) return response.end(JSON.stringify({ tags: ['1'] }));
    const wanted = scope && `,scope="${scope}"`;
    return void response
      .writeHead(401, { 'www-authenticate': `Bearer realm="${service.url}/token",service="s"${wanted}` })
      .end();
  });
  const client = (username?: string, password?: string) => {
    const opened = createRegistryClient({ url: registry.url, username, password, backoffMs: 1 });
    cleanups.push(() => opened.close());
    return opened;
  };
  const tags = async (repository: string, of: ReturnType<typeof client>) => {
    const all: string[] = [];
    for await (const tag of of.tags(repository)) all.push(tag);
    return all;
  };
  return { service, registry, client, tags };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof ScanError ? error.reason.code : String(error)),
  );

describe('a registry with a token service', () => {
  it('gives tokens to anybody, one for each scope, used again', async () => {
    const { service, client, tags } = await tokenWorld();
    const opened = client();
    await opened.ping();
    expect(await tags('a', opened)).toEqual(['1']);
    expect(await tags('a', opened)).toEqual(['1']);
    expect(await tags('b', opened)).toEqual(['1']);
    expect(service.requests.map(({ path }) => new URL(path, 'http://x').searchParams.get('scope'))).toEqual([
      null,
      'repository:a:pull',
      'repository:b:pull',
    ]);
    expect(service.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('takes the password at the token service, never itself', async () => {
    const { service, registry, client, tags } = await tokenWorld({ login: 'me:pass:word' });
    expect(await tags('a', client('me', 'pass:word'))).toEqual(['1']);
    expect(service.requests[0]?.path).toContain('service=s');
    expect(registry.requests.some(({ headers }) => headers.authorization?.startsWith('Basic'))).toBe(false);
  });

  it('denies a wrong password, and nobody', async () => {
    const { client, registry } = await tokenWorld({ login: 'me:right' });
    expect(await codeOf(client('me', 'wrong').ping())).toBe('registry-denied');
    expect(await codeOf(client().ping())).toBe('registry-denied');
    expect(registry.requests).toHaveLength(2);
  });

  it('is asked for a new token when the old one is refused or at its end', async () => {
    const { service, client, tags } = await tokenWorld({ uses: 1 });
    const opened = client();
    expect(await tags('a', opened)).toEqual(['1']);
    expect(await tags('a', opened)).toEqual(['1']);
    expect(service.requests).toHaveLength(2);
    const short = await tokenWorld({ answer: (token) => ({ access_token: token, expires_in: 0.001 }) });
    const other = short.client();
    await short.tags('a', other);
    await new Promise((done) => setTimeout(done, 5));
    await short.tags('a', other);
    expect(short.service.requests).toHaveLength(2);
    expect(short.registry.requests).toHaveLength(3);
  });

  it('that never is content ends', async () => {
    const { client } = await tokenWorld({ uses: 0 });
    expect(await codeOf(client().ping())).toBe('registry-denied');
  });

  it.each([
    ['no token', {}],
    ['a token that would break out of its header', { token: 'x\r\nhost: y' }],
    ['a number', { token: 7 }],
    ['a list', []],
  ])('whose answer is %s is an error', async (_, answer) => {
    const { client } = await tokenWorld({ answer: () => answer });
    expect(await codeOf(client().ping())).toBe('registry-error');
  });

  it.each(['ftp://x/', 'nowhere', ''])('at %j cannot be asked', async (realm) => {
    const { url } = await serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
    );
    expect(await codeOf(createRegistryClient({ url }).ping())).toBe('registry-error');
  });
});

describe('a registry that asks for a password', () => {
  const basic: FakeHandler = (request, response) => {
    const right = `Basic ${Buffer.from('me:it').toString('base64')}`;
    if (request.headers.authorization === right) response.end('{}');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  };
  it.each([
    ['me', 'it', 'nothing'],
    ['me', 'other', 'registry-denied'],
    ['', '', 'registry-denied'],
  ])('as %j with %j: %s', async (username, password, expected) => {
    const { url, requests } = await serve(basic);
    expect(await codeOf(createRegistryClient({ url, username, password }).ping())).toBe(expected);
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it('gets it from the first request on, once it has asked', async () => {
    const { url, requests } = await serve(basic);
    const client = createRegistryClient({ url, username: 'me', password: 'it' });
    await client.ping();
    await client.ping();
    expect(requests).toHaveLength(3);
    await client.close();
  });

  it('in a way that is not known is denied', async () => {
    const { url } = await serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end(),
    );
    expect(await codeOf(createRegistryClient({ url, username: 'me', password: 'it' }).ping())).toBe('registry-denied');
  });
});

describe('a registry over TLS', () => {
  it.each([
    ['redirects to plain HTTP', 302, { location: 'http://registry.example/v2/' }],
    ['names a token service without TLS', 401, { 'www-authenticate': 'Bearer realm="http://registry.example/token"' }],
  ])('that %s is not followed there', async (_, status, headers) => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    dispatcher.get('https://registry.example').intercept({ path: '/v2/' }).reply(status, '', { headers });
    const client = createRegistryClient({ url: 'registry.example', username: 'me', password: 'it', dispatcher });
    const error = await client.ping().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ reason: { code: 'registry-error', message: expect.stringContaining('refused') } });
    await dispatcher.close();
  });
});
