import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { createApp } from '../api/http-server.ts';
import { invokeAction } from '../api/invoke-action.ts';
import { actions } from '../api/actions.ts';
import { account as accountCommand } from '../cli/account.ts';
import type { CommandIo } from '../cli/command.ts';
import { findSigningKey } from './index.ts';

describe('accounts', () => {
  let platform: TestPlatform;
  let app: FastifyInstance;
  let endpoint: string;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: '2026-03-01T00:00:00Z' });
    app = createApp(platform);
    endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await app.close();
    await platform.close();
  });

  function call(name: string, request: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const action = actions.find((each) => each.name === name);
    if (!action) throw new Error(`no action ${name}`);
    return invokeAction(platform, action, { kind: 'operator', key: 'socket' }, request, 'spec');
  }
  const create = (Email: string, Verified?: boolean) => call('CreateAccount', { Email, ...(Verified && { Verified }) });
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => 'OK',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  const keyOf = (secretId: unknown) => findSigningKey(platform.database, platform.secrets, String(secretId));

  it('have a Uin of twelve digits and a key that is theirs', async () => {
    const made = await create('first@example.com', true);
    expect(made).toEqual({
      Uin: expect.stringMatching(/^[1-9]\d{11}$/),
      SecretId: expect.stringMatching(/^WFID[A-Za-z0-9]{32}$/),
      SecretKey: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
    });
    const uin = BigInt(String(made['Uin']));
    expect(await keyOf(made['SecretId'])).toEqual({
      secretId: made['SecretId'],
      secretKey: made['SecretKey'],
      owner: { kind: 'tenant', tenant: uin, uin },
      enabled: true,
    });
    const { List } = (await call('DescribeAccounts')) as { List: object[] };
    expect(List).toContainEqual({
      Uin: made['Uin'],
      Email: 'first@example.com',
      Verification: 'verified',
      VerificationReason: '',
      CreatedTime: '2026-03-01T00:00:00Z',
    });
  });

  it('keep the secret key as a ciphertext only', async () => {
    const made = await create('sealed@example.com');
    const { rows } = await platform.database.systemPool.query<{ secret: string }>(
      'select secret from access_keys where secret_id = $1',
      [made['SecretId']],
    );
    expect(rows[0]?.secret).toMatch(/^1\./);
    expect(JSON.stringify(rows)).not.toContain(made['SecretKey']);
  });

  it('have an e-mail address of their own, whatever its case and however many ask at once', async () => {
    const taken = 'ResourceInUse.EmailTaken';
    await create('Mixed@Example.com');
    expect(await outcome(create('mixed@example.COM'))).toBe(taken);
    const codes = await Promise.all(Array.from({ length: 8 }, () => outcome(create('race@example.com'))));
    expect(codes.toSorted()).toEqual(['OK', ...Array.from({ length: 7 }, () => taken)].toSorted());
    const { List } = (await call('DescribeAccounts')) as { List: { Email: string }[] };
    expect(List.filter(({ Email }) => Email === 'race@example.com')).toHaveLength(1);
    expect(List.map(({ Email }) => Email)).toContain('mixed@example.com');
  });

  it.each(['', 'x', 'a@b', 'a b@example.com', `${'x'.repeat(250)}@example.com`, 'a@example.com\n'])(
    'are not made for the address %j',
    async (email) => {
      expect(await outcome(create(email))).toMatch(/^InvalidParameter/);
    },
  );

  it('are verified or rejected once, with a reason', async () => {
    const { Uin } = await create('verify@example.com');
    const decide = (Verification: string, Reason = '') => call('VerifyAccount', { Uin, Verification, Reason });
    expect(await outcome(decide('rejected'))).toBe('FailedOperation.VerificationState');
    await decide('pending');
    expect(await decide('rejected', 'unreadable')).toMatchObject({ VerificationReason: 'unreadable' });
    expect(await decide('verified')).toMatchObject({ Verification: 'verified', VerificationReason: '' });
    expect(await outcome(decide('rejected'))).toBe('FailedOperation.VerificationState');
    const { Uin: other } = await create('verify-twice@example.com');
    const codes = await Promise.all([1, 2, 3].map(() => outcome(call('VerifyAccount', { Uin: other }))));
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['VerifyAccount', {}],
    ['CreateAccountKey', {}],
    ['DescribeAccountKeys', {}],
  ])('that do not exist are told so by %s', async (name, more) => {
    expect(await outcome(call(name, { Uin: '100000000000', ...more }))).toBe('ResourceNotFound.Account');
    expect(await outcome(call(name, { Uin: '12', ...more }))).toMatch(/^InvalidParameter/);
    expect(await outcome(call(name, { Uin: 100_000_000_000, ...more }))).toMatch(/^InvalidParameter/);
  });

  it('have several keys, each switched off and on by itself, and no other account’s', async () => {
    const { Uin, SecretId } = await create('keys@example.com');
    const { Uin: other } = await create('keys-other@example.com');
    const { SecretId: second } = await call('CreateAccountKey', { Uin });
    await call('ModifyAccountKey', { Uin, SecretId, Enabled: false });
    expect(await keyOf(SecretId)).toMatchObject({ enabled: false });
    expect(await keyOf(second)).toMatchObject({ enabled: true });
    const { List } = (await call('DescribeAccountKeys', { Uin })) as { List: { SecretId: string; Enabled: boolean }[] };
    expect(new Map(List.map((key) => [key.SecretId, key.Enabled]))).toEqual(
      new Map([
        [SecretId, false],
        [second, true],
      ]),
    );
    expect(JSON.stringify(List)).not.toMatch(/SecretKey|secret":/);
    await call('ModifyAccountKey', { Uin, SecretId, Enabled: true });
    expect(await keyOf(SecretId)).toMatchObject({ enabled: true });
    expect(await outcome(call('ModifyAccountKey', { Uin: other, SecretId, Enabled: false }))).toBe(
      'ResourceNotFound.AccessKey',
    );
    expect(await keyOf('WFIDnone')).toBeUndefined();
  });

  describe('from another machine', () => {
    async function command(env: Record<string, string>, ...args: string[]): Promise<unknown> {
      let printed = '';
      const stdout = { write: (text: string) => Boolean((printed += text)) } as unknown as NodeJS.WritableStream;
      const io: CommandIo = { stdout, stderr: process.stderr, cwd: '/', env };
      expect(await accountCommand.run([...args, '--json'], io)).toBe(0);
      return JSON.parse(printed);
    }

    it('are managed with a key of the operator, signed over HTTP', async () => {
      const key = await call('CreateOperatorKey');
      expect(key['SecretId']).toMatch(/^WFOP/);
      const env = {
        WHARFINGER_ENDPOINT: endpoint,
        WHARFINGER_SECRET_ID: String(key['SecretId']),
        WHARFINGER_SECRET_KEY: String(key['SecretKey']),
      };
      const made = (await command(env, 'create', '--email', 'far@example.com')) as Record<string, string>;
      expect(made).toEqual({
        accountId: expect.stringMatching(/^\d{12}$/),
        secretId: expect.any(String),
        secretKey: expect.any(String),
      });
      const { accountId = '', secretId = '', secretKey = '' } = made;
      expect(await command(env, 'verify', '--account', accountId)).toEqual({ accountId, verification: 'verified' });
      expect(await command(env, 'keys', '--account', accountId, '--disable', secretId)).toEqual([
        { secretId, enabled: false, createdTime: '2026-03-01T00:00:00Z' },
      ]);
      expect(await command(env, 'list')).toContainEqual({
        accountId,
        email: 'far@example.com',
        verification: 'verified',
      });
      await command(env, 'keys', '--account', accountId, '--enable', secretId);
      const asCustomer = { ...env, WHARFINGER_SECRET_ID: secretId, WHARFINGER_SECRET_KEY: secretKey };
      await expect(command(asCustomer, 'list')).rejects.toThrow('AuthFailure.UnauthorizedOperation');
      await expect(command({ ...env, WHARFINGER_SECRET_KEY: 'no' }, 'list')).rejects.toThrow(
        'AuthFailure.SignatureFailure',
      );
    });

    it.each<[string[], RegExp]>([
      [['keys', '--account', '100000000000', '--enable', 'a', '--disable', 'b'], /give one of/],
      [['keys', '--account', '100000000000', '--create', '--enable', 'a'], /give one of/],
      [['keys'], /--account is missing/],
      [['create'], /--email is missing/],
      [['forget'], /there is no "account forget"/],
      [['list', 'all'], /Unexpected argument/],
    ])('%o is no call of the command', async (args, why) => {
      await expect(command({}, ...args)).rejects.toThrow(why);
    });
  });
});
