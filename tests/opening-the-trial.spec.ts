import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, tcssClient, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('a customer opens the free trial through the official SDK', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00' });
  });
  afterAll(() => service.remove());

  const newAccount = (email: string, ...more: string[]) =>
    service.command('account', 'create', '--email', email, ...more) as AccountKey;

  it('for seven days to the second, with the state telling it', async () => {
    const account = newAccount('a@example.com', '--verified');
    expect(account.accountId).toMatch(/^[1-9]\d{11}$/);
    const client = tcssClient(service.url, account);
    expect(await client.DescribePurchaseStateInfo(null)).toMatchObject({
      State: 0,
      SubState: 'NORMAL',
      GivenAuthorizedCnt: 0,
    });

    const trial = await client.OpenTcssTrial(null);
    expect(trial).toMatchObject({ StartTime: '2026-03-01 10:00:00', EndTime: '2026-03-08 10:00:00' });
    const state = await client.DescribePurchaseStateInfo(null);
    expect(state).toMatchObject({ State: 2, GivenAuthorizedCnt: 500, BeginTime: '2026-03-01 10:00:00' });
    expect(state.AllCoresCnt).toBe(Number(state.CoresCnt) + Number(state.UndefendCoresCnt));

    expect(service.command('clock', 'advance', '--to', '2026-03-08T09:59:59+08:00')).toMatchObject({ fired: 2 });
    expect(await client.DescribePurchaseStateInfo(null)).toMatchObject({ State: 2 });
    expect(service.command('clock', 'advance', '--by', 'PT1S')).toMatchObject({
      fired: 1,
      now: '2026-03-08T02:00:00Z',
    });
    expect(await client.DescribePurchaseStateInfo(null)).toMatchObject({ State: 1, GivenAuthorizedCnt: 0 });
    expect(await codeOf(client.OpenTcssTrial(null))).toBe('FailedOperation.TrialAlreadyUsed');
    expect(await codeOf(client.SyncAssetImageRegistryAsset({ All: true }))).toBe('FailedOperation.TrialEnded');
  });

  it('once, however many ask at the same moment', async () => {
    const client = tcssClient(service.url, newAccount('b@example.com', '--verified'));
    const codes = await Promise.all(Array.from({ length: 15 }, () => codeOf(client.OpenTcssTrial(null))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 14 }, () => 'FailedOperation.TrialAlreadyUsed'), 'OK']);
  });

  it('only when it is verified', async () => {
    const account = newAccount('c@example.com');
    const client = tcssClient(service.url, account);
    expect(await codeOf(client.OpenTcssTrial(null))).toBe('UnauthorizedOperation.NotCertification');
    service.command('account', 'verify', '--account', account.accountId);
    expect(await codeOf(client.OpenTcssTrial(null))).toBe('OK');
  });

  it('not with a wrong, unknown or switched-off key', async () => {
    const account = newAccount('d@example.com', '--verified');
    const call = (key: Partial<AccountKey>) =>
      codeOf(tcssClient(service.url, { ...account, ...key }).DescribePurchaseStateInfo(null));
    expect(await call({})).toBe('OK');
    expect(await call({ secretKey: 'wrong' })).toBe('AuthFailure.SignatureFailure');
    expect(await call({ secretId: 'WFIDunknown' })).toBe('AuthFailure.SecretIdNotFound');
    service.command('account', 'keys', '--account', account.accountId, '--disable', account.secretId);
    expect(await call({})).toBe('AuthFailure.InvalidSecretId');
  });
});

describe('the service under a test clock', () => {
  it('goes on from where the clock stood, through a stop and a kill', async () => {
    const service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T00:00:00Z' });
    try {
      const account = service.command('account', 'create', '--email', 'a@example.com', '--verified') as AccountKey;
      await tcssClient(service.url, account).OpenTcssTrial(null);
      service.command('clock', 'advance', '--by', 'P2D');
      expect(await service.stop()).toBe(0);
      await service.start();
      expect(service.command('clock', 'advance', '--by', 'PT0S')).toEqual({ now: '2026-03-03T00:00:00Z', fired: 0 });
      await service.kill();
      await service.start();
      expect(await tcssClient(service.url, account).DescribePurchaseStateInfo(null)).toMatchObject({ State: 2 });
      // Two warnings, the trial's end, a day later the end of its data, and their deletion.
      expect(service.command('clock', 'advance', '--to', '2026-03-20T00:00:00Z')).toMatchObject({ fired: 5 });
      expect(await tcssClient(service.url, account).DescribePurchaseStateInfo(null)).toMatchObject({ State: 1 });
    } finally {
      await service.remove();
    }
  });
});
