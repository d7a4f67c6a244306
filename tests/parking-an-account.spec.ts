import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { billingClient, codeOf, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('an account is parked from the command line', () => {
  let service: RunningService;
  let account: AccountKey;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T10:30:00+08:00' });
    account = service.command('account', 'create', '--email', 'a@example.com', '--verified') as AccountKey;
    service.command('account', 'top-up', '--account', account.accountId, '--amount', '10000.00');
  });
  afterAll(() => service.remove());

  const order = (ClientToken: string) => ({
    ClientToken,
    ProductCode: 'p_tcss',
    SubProductCode: 'sp_tcss_professional',
    RegionCode: 'ap-guangzhou',
    ZoneCode: 'ap-guangzhou-1',
    PayMode: 'PrePay',
    Parameter: '{"cores":10}',
    Period: 3,
    PeriodUnit: 'm',
  });
  const logs = { SubProductCode: 'sp_tcss_log_analysis', Parameter: '{"capacityGB":10}' };
  const ofAccount = () => ['--account', account.accountId];
  const balance = async () => (await billingClient(service.url, account).DescribeAccountBalance({})).RealBalance;
  const parked = () => z.array(z.record(z.string(), z.string())).parse(service.command('account', 'parked'));

  it('its orders say so through the official SDK, its elastic days wait over a restart and are made up for once', async () => {
    const client = billingClient(service.url, account);
    await client.CreateInstance(order('first'));
    service.command('samples', 'put', ...ofAccount(), '--cores', '34');
    service.command('account', 'park', ...ofAccount(), '--reason', 'a complaint');
    expect(parked()).toEqual([
      {
        accountId: account.accountId,
        parkedTime: '2026-03-01T02:30:00Z',
        parkedBy: 'operator',
        reason: 'a complaint',
      },
    ]);
    expect(await codeOf(client.CreateInstance({ ...order('second'), ...logs }))).toBe('FailedOperation.BillingParked');
    service.command('clock', 'advance', '--to', '2026-03-04T03:00:00+08:00');
    expect(await balance()).toBe(910_000);
    await service.stop();
    await service.start();
    service.command('account', 'unpark', ...ofAccount(), '--note', 'settled');
    expect(parked()).toEqual([]);
    service.command('clock', 'advance', '--to', '2026-03-05T01:59:59+08:00');
    expect(await balance()).toBe(910_000);
    service.command('clock', 'advance', '--to', '2026-03-07T03:00:00+08:00');
    // 13 hours of the first day, and five whole days.
    expect(await balance()).toBe(910_000 - 1_300 - 5 * 2_400);
    const calls = z
      .array(z.looseObject({ action: z.string(), request: z.string() }))
      .parse(service.command('audit', 'list'));
    expect(calls.map(({ action }) => action)).toEqual(expect.arrayContaining(['ParkBilling', 'UnparkBilling']));
  });

  it('with what it needs, and shows what has failed', () => {
    expect(() => service.command('account', 'park', ...ofAccount())).toThrow(/--reason are needed/);
    expect(() => service.command('account', 'unpark', ...ofAccount())).toThrow(/BillingNotParked/);
    expect(() => service.command('account', 'park', '--account', '1', '--reason', 'x')).toThrow(
      /InvalidParameterValue/,
    );
    expect(service.command('jobs', 'failed')).toEqual([]);
    expect(() => service.command('jobs', 'rerun', '--id', '123456')).toThrow(/ResourceNotFound.Job/);
    expect(() => service.command('jobs', 'rerun')).toThrow(/--id is missing/);
  });
});
