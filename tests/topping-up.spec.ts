import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billingClient, codeOf, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('an account is topped up from the command line', () => {
  let service: RunningService;
  let account: AccountKey;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00' });
    account = service.command('account', 'create', '--email', 'a@example.com', '--verified') as AccountKey;
  });
  afterAll(() => service.remove());

  const topUp = (...more: string[]) => service.command('account', 'top-up', '--account', account.accountId, ...more);

  it('and the official billing SDK sees it, in cents', async () => {
    const client = billingClient(service.url, account);
    expect(await client.DescribeAccountBalance({})).toMatchObject({ RealBalance: 0 });
    expect(topUp('--amount', '10000.00')).toMatchObject({ accountId: account.accountId, balance: '10000.00' });
    expect(topUp('--amount', '0.50', '--credit')).toMatchObject({ balance: '10000.50' });
    expect(await client.DescribeAccountBalance({})).toMatchObject({
      Uin: Number(account.accountId),
      RealBalance: 1_000_050,
      CashAccountBalance: 1_000_000,
      PresentAccountBalance: 50,
    });
    const range = { StartTime: '2026-03-01 00:00:00', EndTime: '2026-03-02 00:00:00' };
    expect(await client.DescribeBillList({ ...range, Offset: 0, Limit: 10 })).toMatchObject({
      Total: 2,
      TransactionList: [
        { Amount: 50, Balance: 1_000_050, OperationTime: '2026-03-01 10:00:00.000' },
        { Amount: 1_000_000, Balance: 1_000_000 },
      ],
    });
    expect(await client.DescribeDealsByCond({ ...range, Limit: 1 })).toMatchObject({ TotalCount: 0, Deals: [] });
  });

  it('once under one key', () => {
    const keyed = ['--amount', '1.00', '--idempotency-key', 'transfer 17'];
    expect(topUp(...keyed)).toEqual(topUp(...keyed));
    expect(() => topUp('--amount', '2.00', '--idempotency-key', 'transfer 17')).toThrow(/IdempotencyKeyReused/);
  });

  it.each(['-5', '0', '1.234', 'lots'])('not with the amount %s', (amount) => {
    expect(() => topUp(`--amount=${amount}`)).toThrow(/InvalidParameterValue/);
  });

  it('while actions of the billing product that are not served say so', async () => {
    const client = billingClient(service.url, account);
    expect(await codeOf(client.DescribeBudget({ PageNo: 1, PageSize: 10 }))).toBe('InvalidAction');
  });
});
