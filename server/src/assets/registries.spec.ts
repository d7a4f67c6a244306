import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, type CallAction } from '../../../tests/support/call-action.ts';
import { fakeImage, honestHandler, startFakeRegistry, type FakeHandler } from '../../../tests/support/fake-registry.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(handler: FakeHandler) {
  const fake = await startFakeRegistry(handler);
  cleanups.push(() => fake.stop());
  return fake;
}

const settings = {
  Name: 'ours',
  Username: '',
  Password: '',
  RegistryType: 'harbor',
  NetType: 'public',
};

describe('connecting registries', () => {
  let platform: TestPlatform;
  let call: CallAction;
  beforeAll(async () => {
    platform = await testPlatform({
      testClock: '2026-03-01T00:00:00Z',
      env: { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
  });
  afterAll(() => platform.close());
  // A tenant of its own for each test; nothing runs the queue here.
  const begin = async () => {
    call = actionCaller(platform, await trialTenant(platform));
  };
  const names = async () =>
    ((await call('DescribeAssetImageRegistryRegistryList'))['List'] as { Name: string }[]).map(({ Name }) => Name);

  it('stores one that answers, shows its address as given and never its secrets', async () => {
    await begin();
    const { url } = await serve(honestHandler({ 'a:1': fakeImage() }));
    const added = await call('AddAssetImageRegistryRegistryDetail', {
      ...settings,
      Url: `${url}/`,
      Username: 'me',
      Password: 'hunter2',
      WebhookUrl: 'https://example.com/hook',
      WebhookToken: 'hush',
      SyncMode: 1,
      SpeedLimit: 7,
      NeedScan: true,
      InstanceId: 'i-1',
    });
    expect(added).toEqual({ HealthCheckErr: '', NameRepeatErr: '', RegistryId: expect.any(Number) });
    const { RegistryId } = added;
    expect(await call('DescribeAssetImageRegistryRegistryDetail', { RegistryId })).toEqual({
      Name: 'ours',
      Username: 'me',
      Password: '******',
      Url: `${url}/`,
      RegistryType: 'harbor',
      RegistryVersion: '',
      NetType: 'public',
      RegistryRegion: '',
      SpeedLimit: 7,
      Insecure: 0,
      ConnDetectDetail: [
        expect.objectContaining({ ConnDetectStatus: 'status_connected', ConnDetectMessage: '', FailReason: '' }),
      ],
      InstanceID: 'i-1',
      SyncMode: 1,
      NeedScan: true,
      WebhookUrl: 'https://example.com/hook',
      WebhookToken: '******',
    });
    expect(await call('DescribeAssetImageRegistryAssetStatus')).toEqual({
      Status: 'doing',
      Err: '',
      LatestSyncSuccessTime: '',
    });
    const rows = await platform.database.inSystem('test', (tx) =>
      tx
        .withTables<{ registries: { password: string; webhook_token: string } }>()
        .selectFrom('registries')
        .select(['password', 'webhook_token'])
        .execute(),
    );
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|hush/);
    expect(rows[0]?.password).toMatch(/^1\./);
  });

  it('stores one that does not answer or refuses the login, and says so', async () => {
    await begin();
    const gone = await startFakeRegistry(() => undefined);
    await gone.stop();
    const locked = await serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    const dead = await call('AddAssetImageRegistryRegistryDetail', { ...settings, Name: 'gone', Url: gone.url });
    expect(dead).toMatchObject({
      HealthCheckErr: expect.stringContaining('connection refused'),
      RegistryId: expect.any(Number),
    });
    expect(dead['RegistryId']).toBeGreaterThan(0);
    const denied = await call('AddAssetImageRegistryRegistryDetail', {
      ...settings,
      Name: 'locked',
      Url: locked.url,
      Username: 'me',
      Password: 'wrong',
    });
    expect(denied).toMatchObject({ HealthCheckErr: expect.stringContaining('refuses this user name and password') });
    expect(await names()).toEqual(['gone', 'locked']);
    const list = await call('DescribeAssetImageRegistryRegistryList', { By: 'Name', Order: 'desc', Limit: 1 });
    expect(list).toMatchObject({
      TotalCount: 2,
      List: [{ Name: 'locked', SyncStatus: 'doing', ConnDetectDetail: [{ ConnDetectStatus: 'status_auth_failed' }] }],
    });
  });

  it.each([
    ['https://10.0.0.1', /private address/],
    ['10.0.0.1:5000', /private address/],
    ['https://169.254.169.254', /link-local/],
    ['http://8.8.8.8', /plain HTTP/],
    ['http://no.such.name.invalid', /no address/],
    ['https://[::ffff:10.0.0.1]/', /private address/],
  ])('does not store what the guard refuses: %s', async (Url, message) => {
    await begin();
    const answer = await call('AddAssetImageRegistryRegistryDetail', { ...settings, Url });
    expect(answer).toEqual({ HealthCheckErr: expect.stringMatching(message), NameRepeatErr: '', RegistryId: 0 });
    expect(await names()).toEqual([]);
  });

  it('does not store what redirects to where the guard refuses to go', async () => {
    await begin();
    const { url } = await serve(
      (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/v2/' }).end(),
    );
    const answer = await call('AddAssetImageRegistryRegistryDetail', { ...settings, Url: url });
    expect(answer).toEqual({
      HealthCheckErr: expect.stringMatching(/private address/),
      NameRepeatErr: '',
      RegistryId: 0,
    });
    expect(await names()).toEqual([]);
  });

  it('does not fall back from TLS', async () => {
    await begin();
    const { host, requests } = await serve(honestHandler({}));
    for (const [Name, Url] of [
      ['bare', host],
      ['https', `https://${host}`],
    ] as const) {
      expect(await call('AddAssetImageRegistryRegistryDetail', { ...settings, Name, Url })).toMatchObject({
        HealthCheckErr: expect.stringMatching(/TLS|connection/),
        RegistryId: expect.any(Number),
      });
    }
    expect(requests).toEqual([]);
  });

  it('takes a name once, however many ask at the same moment', async () => {
    await begin();
    const { url } = await serve(honestHandler({}));
    const add = () => call('AddAssetImageRegistryRegistryDetail', { ...settings, Url: url });
    const answers = await Promise.all([add(), add(), add(), add()]);
    const stored = answers.filter(({ RegistryId }) => RegistryId !== 0);
    expect(stored).toHaveLength(1);
    expect(answers.filter(({ NameRepeatErr }) => NameRepeatErr !== '')).toHaveLength(3);
    expect(await call('CheckRepeatAssetImageRegistry', { Name: 'ours' })).toEqual({ IsRepeat: true });
    expect(await call('CheckRepeatAssetImageRegistry', { Name: 'other' })).toEqual({ IsRepeat: false });
  });

  it.each([
    ['a password in the address', { Url: 'https://me:secret@example.com' }, 'InvalidParameter.InvalidFormat'],
    ['another scheme', { Url: 'ftp://example.com' }, 'InvalidParameter.InvalidFormat'],
    ['no name', { Name: '' }, 'InvalidParameterValue'],
    ['a switch that is none', { Insecure: 2 }, 'InvalidParameterValue'],
    ['a type with spaces', { RegistryType: 'a b' }, 'InvalidParameterValue'],
    ['no address', { Url: undefined }, 'MissingParameter'],
    ['an unknown field', { Nmae: 'x' }, 'UnknownParameter'],
  ])('refuses %s', async (_, changes, code) => {
    await begin();
    const request = { ...settings, Url: 'https://example.com', ...changes };
    expect(await errorCode(call('AddAssetImageRegistryRegistryDetail', request))).toMatch(code);
  });

  it('keeps the password that comes back masked, for the same address only', async () => {
    await begin();
    const right = `Basic ${Buffer.from('me:it').toString('base64')}`;
    const { url, requests } = await serve((request, response) => {
      if (request.headers.authorization === right) response.end('{}');
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    const login = { ...settings, Url: url, Username: 'me', Password: 'it' };
    const { RegistryId } = await call('AddAssetImageRegistryRegistryDetail', login);
    const update = (changes: Record<string, unknown>) =>
      call('UpdateAssetImageRegistryRegistryDetail', { ...login, Password: '******', RegistryId, ...changes });
    expect(await update({ Name: 'renamed' })).toEqual({ HealthCheckErr: '', NameRepeatErr: '', RegistryId });
    expect(await names()).toEqual(['renamed']);
    const thief = await serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    expect(await errorCode(update({ Url: thief.url }))).toBe('InvalidParameterValue');
    expect(thief.requests).toEqual([]);
    const asked = requests.length;
    expect(await update({ Password: 'other' })).toMatchObject({
      HealthCheckErr: expect.stringContaining('refuses this user name'),
      RegistryId,
    });
    expect(requests.length).toBeGreaterThan(asked);
    expect(await update({ Url: 'http://10.0.0.1', Password: 'it' })).toMatchObject({ RegistryId: 0 });
    expect(await call('DescribeAssetImageRegistryRegistryDetail', { RegistryId })).toMatchObject({ Url: url });
    await call('AddAssetImageRegistryRegistryDetail', { ...login, Name: 'second' });
    expect(await update({ Name: 'second' })).toMatchObject({
      NameRepeatErr: expect.stringContaining('second'),
      RegistryId: 0,
    });
  });

  it('removes one, of this tenant only', async () => {
    await begin();
    const { url } = await serve(honestHandler({}));
    const { RegistryId } = await call('AddAssetImageRegistryRegistryDetail', { ...settings, Url: url });
    const stranger = actionCaller(platform, await trialTenant(platform));
    for (const [name, more] of [
      ['DescribeAssetImageRegistryRegistryDetail', {}],
      ['RemoveAssetImageRegistryRegistryDetail', {}],
      ['UpdateAssetImageRegistryRegistryDetail', { ...settings, Url: url }],
    ] as const) {
      expect(await errorCode(stranger(name, { RegistryId, ...more }))).toBe('ResourceNotFound.Registry');
    }
    expect(await errorCode(stranger('SyncAssetImageRegistryAsset', { RegistryIds: [RegistryId] }))).toBe(
      'ResourceNotFound.Registry',
    );
    expect(await call('RemoveAssetImageRegistryRegistryDetail', { RegistryId })).toEqual({});
    expect(await names()).toEqual([]);
    expect(await errorCode(call('RemoveAssetImageRegistryRegistryDetail', { RegistryId }))).toBe(
      'ResourceNotFound.Registry',
    );
  });

  it('needs the trial, for reading too', async () => {
    const tenant = await trialTenant(platform);
    call = actionCaller(platform, tenant);
    await platform.database.inSystem('test', (tx) =>
      tx
        .withTables<{ trials: { tenant_id: bigint; ends_at: Temporal.Instant; started_at: Temporal.Instant } }>()
        .updateTable('trials')
        .set({
          started_at: Temporal.Instant.from('2026-02-01T00:00:00Z'),
          ends_at: Temporal.Instant.from('2026-02-08T00:00:00Z'),
        })
        .where('tenant_id', '=', tenant)
        .execute(),
    );
    expect(
      await errorCode(call('AddAssetImageRegistryRegistryDetail', { ...settings, Url: 'https://example.com' })),
    ).toBe('FailedOperation.TrialEnded');
    expect(await errorCode(call('SyncAssetImageRegistryAsset', { All: true }))).toBe('FailedOperation.TrialEnded');
    expect(await errorCode(names())).toBe('FailedOperation.TrialEnded');
  });

  it('lists by filters', async () => {
    await begin();
    const { url } = await serve(honestHandler({}));
    for (const Name of ['alpha', 'beta', 'alphabet']) {
      await call('AddAssetImageRegistryRegistryDetail', {
        ...settings,
        Name,
        Url: url,
        RegistryType: Name === 'beta' ? 'quay' : 'aws',
      });
    }
    const list = async (...Filters: { Name: string; Values: string[]; ExactMatch?: boolean }[]) =>
      ((await call('DescribeAssetImageRegistryRegistryList', { Filters }))['List'] as { Name: string }[]).map(
        ({ Name }) => Name,
      );
    expect(await list({ Name: 'name', Values: ['ALPHA'] })).toEqual(['alpha', 'alphabet']);
    expect(await list({ Name: 'Name', Values: ['alpha'], ExactMatch: true })).toEqual(['alpha']);
    expect(await list({ Name: 'RegistryType', Values: ['quay', 'aws'] }, { Name: 'Name', Values: ['bet'] })).toEqual([
      'beta',
      'alphabet',
    ]);
    expect(await list({ Name: 'IsAuthorized', Values: ['0'] })).toHaveLength(3);
    expect(await errorCode(list({ Name: 'Nmae', Values: ['x'] }))).toBe('InvalidParameter');
  });
});
