/** A verified main account with money, and its commercial life under a test clock: what stories of buying begin with. */
import { z } from 'zod';
import { createAccount } from '../../server/src/accounts/index.ts';
import { topUp } from '../../server/src/billing/index.ts';
import { subProductCodes, type Product } from '../../server/src/catalog/index.ts';
import { startJobRunner, type Job } from '../../server/src/platform/jobs/index.ts';
import { advanceTestClock } from '../../server/src/platform/timers/index.ts';
import { jobs } from '../../server/src/service/jobs.ts';
import { actionCaller, type CallAction } from './call-action.ts';
import { testPlatform, type TestPlatform } from './test-database.ts';

let accounts = 0;
let tokens = 0;

export interface Market extends TestPlatform {
  /** Moves the clock; all that is due on the way has happened when this ends. */
  advance(to: Temporal.Instant): Promise<void>;
  /** A new customer with so many yuan. */
  customer(yuan: number): Promise<Customer>;
}

export interface Customer {
  tenant: bigint;
  call: CallAction;
  /** Buys as `CreateInstance` does and gives the instance's id. Without a term it is three months, of scans what remains. */
  buy(product: Product, parameter: object, more?: { Period?: number; RenewFlag?: string }): Promise<string>;
  /** Puts money into the wallet. */
  topUp(yuan: number): Promise<void>;
  /** Types and instants of the subscriptions' events so far, oldest first. */
  events(): Promise<[type: string, at: string][]>;
}

/** A platform whose clock stands at `start`, with the background jobs (those that `runs` takes) that run as it moves. */
export async function openMarket(
  start: string,
  runs: (job: Job) => boolean = () => true,
  env: Record<string, string> = {},
): Promise<Market> {
  const platform = await testPlatform({ testClock: start, env });
  const runner = await startJobRunner(platform, { jobs: jobs.filter(runs), concurrency: 2 });
  return {
    ...platform,
    async advance(to) {
      await advanceTestClock(platform, () => to);
    },
    customer: (yuan) => newCustomer(platform, yuan),
    async close() {
      await runner.stop();
      await platform.close();
    },
  };
}

async function newCustomer(platform: TestPlatform, yuan: number): Promise<Customer> {
  const { database, clock } = platform;
  const { uin: tenant } = await database.inSystem('test', async (tx) =>
    createAccount(tx, { email: `buyer-${++accounts}@example.com`, verified: true }, await clock.now(tx)),
  );
  const customer: Customer = {
    tenant,
    call: actionCaller(platform, tenant),
    async buy(product, parameter, { Period = product === 'image-scan' ? undefined : 3, RenewFlag } = {}) {
      const { InstanceIdList } = await customer.call('CreateInstance', {
        ClientToken: `token-${++tokens}`,
        ProductCode: 'p_tcss',
        SubProductCode: subProductCodes[product],
        RegionCode: 'r',
        ZoneCode: 'z',
        PayMode: 'PrePay',
        Parameter: JSON.stringify(parameter),
        ...(Period !== undefined && { Period, PeriodUnit: 'm' }),
        ...(RenewFlag !== undefined && { RenewFlag }),
      });
      return z.tuple([z.string()]).parse(InstanceIdList)[0];
    },
    topUp: (amount) =>
      database.inTenant(tenant, async (tx) => {
        await topUp(tx, tenant, { kind: 'cash', cents: BigInt(amount) * 100n }, await clock.now(tx));
      }),
    events: () =>
      database.inTenant(tenant, async (tx) => {
        const rows = await tx
          .withTables<{ events: { type: string; id: bigint; happened_at: Temporal.Instant; tenant_id: bigint } }>()
          .selectFrom('events')
          .select(['type', 'happened_at'])
          .where('tenant_id', '=', tenant)
          .where('type', 'like', 'subscriptions.%')
          .orderBy('id')
          .execute();
        return rows.map((row) => [row.type.replace('subscriptions.', ''), row.happened_at.toString()]);
      }),
  };
  if (yuan > 0) await customer.topUp(yuan);
  return customer;
}
