import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBuyer, type Buyer } from './support/buyer.ts';
import { billingClient, tcssClient, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('an environment grows past its licence', () => {
  let service: RunningService;
  let buyer: Buyer;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T11:30:00+08:00' });
    buyer = await newBuyer(service, '9050.00');
    await buyer.buy('professional', { cores: 100 }, { months: 3 });
  });
  afterAll(() => service.remove());

  const advance = (to: string) => service.command('clock', 'advance', '--to', `${to}+08:00`);
  const put = (cores: number) =>
    service.command('samples', 'put', '--account', buyer.accountId, '--cores', String(cores));
  const clients = () => {
    const { accountId } = buyer;
    const made = service.command('account', 'keys', '--account', accountId, '--create') as AccountKey;
    return { billing: billingClient(service.url, made), tcss: tcssClient(service.url, made) };
  };
  const balance = async () => ((await clients().billing.DescribeAccountBalance({})).RealBalance ?? 0) / 100;
  const chargedDays = async () => {
    const { SoftQuotaDayDetail = [] } = await clients().tcss.DescribePostPayDetail({ Limit: 100 });
    return SoftQuotaDayDetail.map(({ PayTime }) => PayTime);
  };

  it('and is charged for each day at 02:00, exactly', async () => {
    expect(put(124)).toMatchObject({ cores: 124, from: '2026-03-01T04:00:00Z' });
    advance('2026-03-02T01:59:59');
    expect(await balance()).toBe(50);
    advance('2026-03-02T02:00:00');
    // 12 of 24 hours with 24 cores.
    expect(await balance()).toBe(38);
    put(101);
    advance('2026-03-03T02:00:00');
    // 3 hours with 24 cores, 21 with one: 93/24.
    expect(await balance()).toBe(34.12);
  });

  it('once, also when the service is killed while it samples and charges', async () => {
    const main = join(import.meta.dirname, '../server/src/cli/main.ts');
    const moving = spawn(process.execPath, [main, 'clock', 'advance', '--to', '2026-03-20T03:00:00+08:00'], {
      env: { ...process.env, WHARFINGER_HOME: service.home },
      stdio: 'ignore',
    });
    const moved = new Promise<number | null>((resolve) => moving.once('exit', resolve));
    while ((await chargedDays()).length < 4) await sleep(5);
    await service.kill();
    expect(await moved, 'killed in the middle of it').not.toBe(0);
    await service.start();
    advance('2026-03-20T03:00:00');
    // 17 more days with one core.
    expect(await balance()).toBe(17.12);
    const days = await chargedDays();
    expect(days).toHaveLength(19);
    expect(new Set(days)).toHaveProperty('size', 19);
  });

  it('into a debt, after a day of which nothing is elastic until it is paid', async () => {
    put(148);
    advance('2026-03-21T02:00:00');
    // 4 hours with one core, 20 with 48: 964/24 = 40.17.
    expect(await balance()).toBe(-23.05);
    advance('2026-03-23T02:00:00');
    // All of the 21st; of the 22nd the two hours before the debt is a day old.
    expect(await balance()).toBe(-75.05);
    await buyer.topUp('100.00');
    advance('2026-03-24T02:00:00');
    // From 03:00 on again.
    expect(await balance()).toBe(-17.05);
  });
});
