import { beforeEach, describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { createAccount } from '../accounts/index.ts';
import { builtInCatalog } from './built-in.ts';
import type { Catalog } from './catalog.ts';
import { promotion } from './fixtures/promotion.ts';
import { fraction, priceLine } from './price-line.ts';
import type { Promotion } from './promotion.ts';
import { returnPromotionUses, takePromotionUses, usedUpPromotions } from './promotion-uses.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');

describe('uses of promotions', () => {
  let platform: TestPlatform;
  let tenants: bigint[];
  beforeEach(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    tenants = await platform.database.inSystem('test', async (tx) => {
      const accounts = [];
      for (const email of ['a@example.com', 'b@example.com']) {
        accounts.push((await createAccount(tx, { email, verified: true }, now)).uin);
      }
      return accounts;
    });
    return () => platform.close();
  });

  const catalogOf = (...promotions: Promotion[]): Catalog => ({ ...builtInCatalog, promotions });
  const lineWith = (promotions: Promotion[]) =>
    priceLine({
      product: 'professional',
      description: '',
      unitPriceMicro: 30_000_000n,
      quantity: 1n,
      share: fraction(3n),
      catalogVersion: 1n,
      promotions: promotions.map(({ id, name, percentOff }) => ({ id, name, percentOff })),
    });
  const tenant = (index: number) => tenants[index] as bigint;

  function take(key: string, catalog: Catalog, who = tenant(0), worked = catalog.promotions): Promise<string> {
    const lines = [lineWith(worked), lineWith(worked)];
    return errorCode(platform.database.inTenant(who, (tx) => takePromotionUses(tx, who, { key, catalog, lines, now })));
  }
  const usedUp = (catalog: Catalog, who = tenant(0)) =>
    platform.database.inTenant(who, async (tx) => [...(await usedUpPromotions(tx, who, catalog))]);
  const giveBack = (key: string, who = tenant(0)) =>
    platform.database.inTenant(who, (tx) => returnPromotionUses(tx, who, key));

  it('end at the limit over all accounts, an order with several lines counting once', async () => {
    const catalog = catalogOf(promotion({ id: 7, uses: 2 }));
    expect(await usedUp(catalog)).toEqual([]);
    expect(await take('one', catalog)).toBe('OK');
    expect(await usedUp(catalog)).toEqual([]);
    expect(await take('two', catalog, tenant(1))).toBe('OK');
    expect(await usedUp(catalog)).toEqual([7]);
    expect(await usedUp(catalog, tenant(1))).toEqual([7]);
    expect(await take('three', catalog)).toBe('FailedOperation.PromotionUsedUp');
  });

  it('end at the limit of one account, and leave the others alone', async () => {
    const catalog = catalogOf(promotion({ id: 7, usesPerAccount: 1 }));
    expect(await take('one', catalog)).toBe('OK');
    expect(await usedUp(catalog)).toEqual([7]);
    expect(await take('two', catalog)).toBe('FailedOperation.PromotionUsedUp');
    expect(await usedUp(catalog, tenant(1))).toEqual([]);
    expect(await take('two', catalog, tenant(1))).toBe('OK');
  });

  it('count once for one order, however often it asks', async () => {
    const catalog = catalogOf(promotion({ id: 7, uses: 1, usesPerAccount: 1 }));
    expect(await take('one', catalog)).toBe('OK');
    expect(await take('one', catalog)).toBe('OK');
    expect(await take('two', catalog)).toBe('FailedOperation.PromotionUsedUp');
  });

  it('come back from an order that is never paid, once', async () => {
    const catalog = catalogOf(promotion({ id: 7, uses: 1 }), promotion({ id: 8, usesPerAccount: 1 }));
    expect(await take('one', catalog)).toBe('OK');
    await giveBack('one', tenant(1));
    expect(await usedUp(catalog)).toEqual([7, 8]);
    await giveBack('one');
    await giveBack('one');
    expect(await usedUp(catalog)).toEqual([]);
    expect(await take('two', catalog, tenant(1))).toBe('OK');
    expect(await take('three', catalog)).toBe('FailedOperation.PromotionUsedUp');
  });

  it('come back from that order alone', async () => {
    const catalog = catalogOf(promotion({ id: 7, uses: 2 }), promotion({ id: 8, usesPerAccount: 2 }));
    expect(await take('one', catalog)).toBe('OK');
    expect(await take('two', catalog)).toBe('OK');
    await giveBack('one');
    expect(await take('three', catalog)).toBe('OK');
    expect(await take('four', catalog)).toBe('FailedOperation.PromotionUsedUp');
  });

  it('are taken all or not at all', async () => {
    const catalog = catalogOf(promotion({ id: 7, uses: 5 }), promotion({ id: 8, uses: 1 }));
    expect(await take('one', catalog)).toBe('OK');
    expect(await take('two', catalog)).toBe('FailedOperation.PromotionUsedUp');
    const only7 = catalog.promotions.slice(0, 1);
    const codes = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) codes.push(await take(key, catalog, tenant(0), only7));
    expect(codes).toEqual(['OK', 'OK', 'OK', 'OK', 'FailedOperation.PromotionUsedUp']);
  });

  it('are not counted where there is no limit, or where the promotion did not work', async () => {
    const catalog = catalogOf(promotion({ id: 7 }), promotion({ id: 8, uses: 1 }));
    expect(await take('one', catalog, tenant(0), catalog.promotions.slice(0, 1))).toBe('OK');
    expect(await usedUp(catalog)).toEqual([]);
  });

  it.each([
    ['over all accounts', { uses: 3 }],
    ['of one account', { usesPerAccount: 3 }],
  ])('of orders at the same moment stay within the limit %s', async (_name, limit) => {
    const catalog = catalogOf(promotion({ id: 7, ...limit }));
    const codes = await Promise.all(Array.from({ length: 12 }, (__, index) => take(`order-${index}`, catalog)));
    expect(codes.filter((code) => code === 'OK')).toHaveLength(3);
    expect(codes.filter((code) => code === 'FailedOperation.PromotionUsedUp')).toHaveLength(9);
  });
});
