import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import type { NewDeal } from './deal.ts';
import { findPlacedDeal, placeOrder } from './place-order.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');

describe('an order with a client token', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
  });
  afterAll(() => platform.close());

  const inTenant = <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) =>
    platform.database.inTenant(tenant, work);
  const place = (tenant: bigint, cents: bigint, more: Partial<NewDeal> = {}) =>
    inTenant(tenant, (tx) => placeOrder(tx, tenant, orderOf(tenant, cents, more), now));

  it('is placed once, however often and at the same moment', async () => {
    const tenant = await walletTenant(platform);
    const twenty = Array.from({ length: 20 }, (_, index) =>
      place(tenant, 100n, { clientToken: 't', instanceId: `tcss-${index}` }),
    );
    const [first, ...others] = await Promise.all(twenty);
    for (const other of others) expect(other).toEqual(first);
    // Prices are of the moment of the request; what was placed first counts.
    expect(await place(tenant, 200n, { clientToken: 't' })).toEqual(first);
  });

  it('does not mind the order of parameters', async () => {
    const tenant = await walletTenant(platform);
    const first = await place(tenant, 1n, { clientToken: 't', parameters: { a: 1, b: { c: [1, 2], d: null } } });
    const again = await place(tenant, 1n, { clientToken: 't', parameters: { b: { d: null, c: [1, 2] }, a: 1 } });
    expect(again).toEqual(first);
  });

  it.each<[string, Partial<NewDeal>]>([
    ['parameters', { parameters: { cores: 11, scope: 'all' } }],
    ['product', { product: 'image-scan' }],
    ['action', { action: 'renew' }],
    ['region', { regionCode: 'ap-beijing' }],
    ['zone', { zoneCode: '' }],
  ])('is refused with another %s', async (_, more) => {
    const tenant = await walletTenant(platform);
    await place(tenant, 100n, { clientToken: 't' });
    expect(await errorCode(place(tenant, 100n, { clientToken: 't', ...more }))).toBe(
      'InvalidParameter.ClientTokenReused',
    );
  });

  it('renews the instance that it named, and no other', async () => {
    const tenant = await walletTenant(platform);
    const renewal = { action: 'renew', clientToken: 't' } as const;
    const first = await place(tenant, 100n, { ...renewal, instanceId: 'a' });
    expect(await place(tenant, 100n, { ...renewal, instanceId: 'a' })).toEqual(first);
    expect(await errorCode(place(tenant, 100n, { ...renewal, instanceId: 'b' }))).toBe(
      'InvalidParameter.ClientTokenReused',
    );
  });

  it('is found by it, and only by the account that used it', async () => {
    const [tenant, other] = [await walletTenant(platform), await walletTenant(platform)];
    const first = await place(tenant, 100n, { clientToken: 't' });
    const find = (who: bigint, token?: string) =>
      inTenant(who, (tx) => findPlacedDeal(tx, who, token, orderOf(who, 100n, { instanceId: first.instanceId })));
    expect(await find(tenant, 't')).toEqual(first);
    expect(await find(tenant, 'u')).toBeUndefined();
    expect(await find(tenant)).toBeUndefined();
    expect(await find(other, 't')).toBeUndefined();
    expect((await place(other, 100n, { clientToken: 't' })).orderId).not.toBe(first.orderId);
  });
});
