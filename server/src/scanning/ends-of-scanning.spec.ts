import type { RiskClass } from '@wharfinger/scanner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { createScanTask } from './create-task.ts';
import { readTask } from './task-store.ts';

const riskClasses: RiskClass[] = ['vulnerabilities', 'malware', 'secrets'];

describe('a scan task that waits', () => {
  let market: Market;
  beforeAll(async () => {
    // Only the jobs of subscriptions run here: a scan that waits goes on waiting.
    market = await openMarket('2026-03-01T00:00:00Z', ({ name }) => name.startsWith('subscriptions.'));
  });
  afterAll(() => market.close());

  const waitingTask = async ({ tenant }: Customer) => {
    const catalogue = await putRegistry(market, tenant);
    const { latest = 0n } = await catalogue.put('app', { latest: 'sha256:a' });
    const places = [{ id: latest, imageId: 'sha256:a' }];
    return market.database.inTenant(tenant, async (tx) =>
      createScanTask(tx, tenant, await market.clock.now(tx), {
        kind: 'plain',
        riskClasses,
        timeoutSeconds: undefined,
        places,
      }),
    );
  };
  const ended = async ({ tenant }: Customer, task: bigint) => {
    const { endedAt } = (await market.database.inTenant(tenant, (tx) => readTask(tx, tenant, task))) ?? {};
    return endedAt?.toString();
  };

  it('outlives the trial where a pack was bought, and ends with image scan', async () => {
    const [trialOnly, bought] = [await market.customer(1000), await market.customer(1000)];
    for (const customer of [trialOnly, bought]) await customer.call('OpenTcssTrial');
    await bought.buy('professional', { cores: 1 });
    await bought.buy('image-scan', { scansPerMonth: 300 });
    const [one, other] = [await waitingTask(trialOnly), await waitingTask(bought)];
    await market.advance(Temporal.Instant.from('2026-03-08T00:00:00Z'));
    expect(await ended(trialOnly, one)).toBe('2026-03-08T00:00:00Z');
    expect(await ended(bought, other)).toBeUndefined();
    const end = Temporal.Instant.from('2026-06-01T00:00:00Z');
    await market.advance(end.subtract({ seconds: 1 }));
    expect(await ended(bought, other)).toBeUndefined();
    await market.advance(end);
    expect(await ended(bought, other)).toBe(end.toString());
  });
});
