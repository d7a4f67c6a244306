import { request as httpRequest } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { createAccessKey, createAccount, type AccessKey } from '../accounts/index.ts';
import { createApp } from './http-server.ts';
import { signHeaders } from './tc3-signature.ts';

interface Reply {
  status: number;
  contentType: string;
  code: string;
  response: Record<string, unknown>;
}

describe('the wire API', () => {
  let platform: TestPlatform;
  let app: FastifyInstance;
  let port: number;
  let key: AccessKey;

  beforeAll(async () => {
    // A test clock far from machine time: signatures are held against machine time all the same.
    platform = await testPlatform({ testClock: '2020-01-01T00:00:00Z', env: { WHARFINGER_REQUESTS_PER_SECOND: '50' } });
    app = createApp(platform);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
    key = await newKey('a@example.com');
  });
  afterAll(async () => {
    await app.close();
    await platform.close();
  });

  function newKey(email: string): Promise<AccessKey> {
    return platform.database.inSystem('test', async (tx) => {
      const now = await platform.clock.now(tx);
      const account = await createAccount(tx, { email, verified: true }, now);
      return createAccessKey(tx, platform.secrets, account.uin, now);
    });
  }

  interface Call {
    action?: string;
    version?: string;
    body?: string;
    method?: string;
    path?: string;
    host?: string;
    /** Changes to the headers after signing; `undefined` takes one away. */
    headers?: Record<string, string | undefined>;
    key?: AccessKey;
    now?: Temporal.Instant;
  }

  function call(what: Call = {}): Promise<Reply> {
    const { action = 'DescribePurchaseStateInfo', version = '2020-11-01', body = '{}', method = 'POST' } = what;
    const host = what.host ?? `127.0.0.1:${port}`;
    const now = what.now ?? Temporal.Now.instant();
    const signed = signHeaders({ host, action, version, body, now, ...(what.key ?? key) });
    const headers = Object.fromEntries(
      Object.entries({ ...signed, ...what.headers }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path: what.path ?? '/', headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { Response = {} } = text === '' ? {} : (JSON.parse(text) as { Response: Record<string, unknown> });
          const error = Response['Error'] as { Code: string } | undefined;
          const contentType = response.headers['content-type'] ?? '';
          resolve({ status: response.statusCode ?? 0, contentType, code: error?.Code ?? 'OK', response: Response });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  it('answers with HTTP 200, bare application/json and a request id', async () => {
    const good = await call();
    expect(good).toMatchObject({ status: 200, contentType: 'application/json', code: 'OK' });
    expect(good.response).toMatchObject({ State: 0, RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const bad = await call({ action: 'NoSuchThing' });
    expect(bad).toMatchObject({ status: 200, contentType: 'application/json', code: 'InvalidAction' });
  });

  it.each<[string, Call, string]>([
    ['as tccli sends its host', { host: 'http://127.0.0.1:8080' }, 'OK'],
    ['with an empty body', { body: '' }, 'OK'],
    ['with null for a parameter', { body: '{"Limit":null}' }, 'OK'],
    ['with nothing signed', { headers: { authorization: undefined } }, 'AuthFailure.InvalidAuthorization'],
    ['told not to sign', { headers: { authorization: 'SKIP' } }, 'AuthFailure.InvalidAuthorization'],
    [
      'with an unsigned payload',
      { headers: { 'x-tc-content-sha256': 'UNSIGNED-PAYLOAD' } },
      'AuthFailure.SignatureFailure',
    ],
    ['with a session token', { headers: { 'x-tc-token': 'token' } }, 'AuthFailure.TokenFailure'],
    ['signed six minutes ago', { now: Temporal.Now.instant().subtract({ minutes: 6 }) }, 'AuthFailure.SignatureExpire'],
    ['signed in six minutes', { now: Temporal.Now.instant().add({ minutes: 6 }) }, 'AuthFailure.SignatureExpire'],
    ['of an unknown key', { key: { secretId: 'WFIDnone', secretKey: 'x' } }, 'AuthFailure.SecretIdNotFound'],
    ['of no action', { headers: { 'x-tc-action': undefined } }, 'MissingParameter'],
    ['of no version', { headers: { 'x-tc-version': undefined } }, 'MissingParameter'],
    ['of an unknown version', { version: '2020-11-02' }, 'NoSuchVersion'],
    ['of an action in other capitals', { action: 'describePurchaseStateInfo' }, 'InvalidAction'],
    ['of an action of another version', { action: 'CreateAccount' }, 'InvalidAction'],
    ['of an action that was taken off', { action: 'DescribeNetworkFirewallPolicyList' }, 'ActionOffline'],
    [
      "of the operator's action",
      { action: 'CreateAccount', version: '2026-11-01' },
      'AuthFailure.UnauthorizedOperation',
    ],
    ['with an unknown parameter', { body: '{"Limit":1}' }, 'UnknownParameter'],
    ['with something else than JSON', { body: '{' }, 'InvalidParameter'],
    ['by another method', { method: 'PUT' }, 'UnsupportedProtocol'],
    ['by GET', { method: 'GET', body: '' }, 'UnsupportedProtocol'],
  ])('a request %s: %s', async (_, what, code) => {
    expect(await call(what)).toMatchObject({ status: 200, contentType: 'application/json', code });
  });

  it('does not take a body that was changed after signing', async () => {
    const signed = signHeaders({
      host: `127.0.0.1:${port}`,
      action: 'DescribePurchaseStateInfo',
      version: '2020-11-01',
      body: '{"A":1}',
      now: Temporal.Now.instant(),
      ...key,
    });
    expect(await call({ headers: signed, body: '{}' })).toMatchObject({ code: 'AuthFailure.SignatureFailure' });
  });

  it('refuses a body that is too large, signed or not', async () => {
    const body = `{"Name":"${'x'.repeat(10 * 1024 * 1024)}"}`;
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body }).catch(() => undefined);
    // The connection may be cut before the whole body is sent; where there is an answer, it is this one.
    if (response)
      expect(await response.json()).toMatchObject({ Response: { Error: { Code: 'RequestSizeLimitExceeded' } } });
    expect((await call()).code).toBe('OK');
  });

  it('limits the rate of each account and action, and strangers spend nobody’s', async () => {
    const busy = await newKey('busy@example.com');
    const quiet = await newKey('quiet@example.com');
    const forged = Array.from({ length: 60 }, () => call({ key: { ...busy, secretKey: 'guess' } }));
    for (const reply of await Promise.all(forged)) expect(reply.code).toBe('AuthFailure.SignatureFailure');
    const codes = (await Promise.all(Array.from({ length: 120 }, () => call({ key: busy })))).map(
      (reply) => reply.code,
    );
    expect(codes.filter((code) => code === 'OK').length).toBeGreaterThanOrEqual(50);
    expect(codes).toContain('RequestLimitExceeded');
    expect((await call({ key: quiet })).code).toBe('OK');
    expect((await call({ key: busy, action: 'Other' })).code).toBe('InvalidAction');
  });

  it('gives equal calls in one second an answer each', async () => {
    const now = Temporal.Now.instant();
    const [one, two] = await Promise.all([call({ now }), call({ now })]);
    expect([one.code, two.code]).toEqual(['OK', 'OK']);
  });

  it('shows health, readiness, figures and its description', async () => {
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await get('/healthz')).toBe('ok\n');
    expect(await get('/readyz')).toBe('ready\n');
    expect(await get('/metrics')).toMatch(
      /wharfinger_requests_total\{action="DescribePurchaseStateInfo",code="OK"\} \d+/,
    );
    const openApi = JSON.parse(await get('/openapi.json')) as { openapi: string; paths: Record<string, unknown> };
    expect(openApi.openapi).toBe('3.1.0');
    expect(openApi.paths).toHaveProperty(['/#X-TC-Action=OpenTcssTrial', 'post', 'summary']);
  });

  it('hides a fault of ours behind a request id', async () => {
    const broken = { ...platform, clock: { mode: 'test' as const, now: () => Promise.reject(new Error('private')) } };
    const other = createApp(broken);
    const body = '{}';
    const headers = signHeaders({
      host: 'h',
      action: 'DescribePurchaseStateInfo',
      version: '2020-11-01',
      body,
      now: Temporal.Now.instant(),
      ...key,
    });
    const reply = await other.inject({ method: 'POST', url: '/', headers, payload: body });
    expect(reply.json()).toMatchObject({ Response: { Error: { Code: 'InternalError' } } });
    expect(reply.body).not.toContain('private');
    await other.close();
  });
});
