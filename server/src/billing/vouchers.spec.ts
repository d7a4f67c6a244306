import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { testOrders, type TestOrders } from '../../../tests/support/test-orders.ts';
import { orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { grantVoucher } from './credit.ts';
import type { Deal } from './deal.ts';
import { listVouchers, type VoucherChoice } from './vouchers.ts';
import { readWallet } from './wallet.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');

describe('a voucher', () => {
  let platform: TestPlatform;
  let orders: TestOrders;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    orders = testOrders(platform, now);
  });
  afterAll(() => platform.close());

  const inTenant = <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) =>
    platform.database.inTenant(tenant, work);
  const place = (tenant: bigint, cents: bigint) => orders.place(tenant, orderOf(tenant, cents));
  const pay = (tenant: bigint, deal: Deal, more?: { at?: Temporal.Instant; vouchers?: VoucherChoice }) =>
    orders.pay(tenant, deal, more);
  const wallet = (tenant: bigint) => inTenant(tenant, (tx) => readWallet(tx, tenant));

  const hours = (beginsAfter: number, endsAfter: number) => ({
    beginsAt: now.add({ hours: beginsAfter }),
    endsAt: now.add({ hours: endsAfter }),
  });
  const grant = (tenant: bigint, nominalCents: bigint, term = hours(0, 10), products: 'image-scan'[] = []) =>
    inTenant(tenant, (tx) => grantVoucher(tx, tenant, { nominalCents, products, ...term }, now));
  const left = (tenant: bigint) =>
    inTenant(tenant, async (tx) =>
      Object.fromEntries((await listVouchers(tx, tenant)).map(({ id, leftCents }) => [id, leftCents])),
    );

  it('is taken that ends soonest when the service may choose', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const [late, soon] = [await grant(tenant, 80n, hours(0, 20)), await grant(tenant, 50n, hours(0, 10))];
    const deal = await place(tenant, 100n);
    expect(await pay(tenant, deal, { vouchers: { auto: true } })).toMatchObject({ voucherCents: 100n });
    expect(await left(tenant)).toEqual({ [soon]: 0n, [late]: 30n });
    expect(await wallet(tenant)).toMatchObject({ cash: 1000n });
  });

  it('that is named pays, and the balance the rest', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const [named, other] = [await grant(tenant, 30n), await grant(tenant, 500n)];
    const deal = await place(tenant, 100n);
    await pay(tenant, deal, { vouchers: { ids: [named, named] } });
    expect(await left(tenant)).toEqual({ [named]: 0n, [other]: 500n });
    expect(await wallet(tenant)).toMatchObject({ cash: 930n });
  });

  it('is not touched unless that is asked for', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const id = await grant(tenant, 30n);
    await pay(tenant, await place(tenant, 100n));
    expect(await left(tenant)).toEqual({ [id]: 30n });
  });

  it.each([
    ['a second before its beginning', hours(1, 10), [], 3599, false],
    ['at its beginning', hours(1, 10), [], 3600, true],
    ['a second before its end', hours(0, 10), [], 35_999, true],
    ['at its end', hours(0, 10), [], 36_000, false],
    ['of another product', hours(0, 10), ['image-scan'], 0, false],
  ] as const)('%s: %o for %o, after %d seconds, pays: %s', async (_, term, products, seconds, paysThen) => {
    const tenant = await walletTenant(platform, 1000n);
    const id = await grant(tenant, 30n, term, [...products]);
    const deal = await place(tenant, 100n);
    const at = now.add({ seconds });
    const code = await errorCode(pay(tenant, deal, { at, vouchers: { ids: [id] } }));
    expect(code).toBe(paysThen ? 'OK' : 'FailedOperation.InvalidVoucher');
    // What cannot pay is passed over where the service chooses.
    if (!paysThen) await pay(tenant, deal, { at, vouchers: { auto: true } });
    expect(await left(tenant)).toEqual({ [id]: paysThen ? 0n : 30n });
  });

  it('for a product pays for that product', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const id = await grant(tenant, 30n, hours(0, 10), ['image-scan']);
    const deal = await orders.place(tenant, orderOf(tenant, 100n, { product: 'image-scan' }));
    expect(await pay(tenant, deal, { vouchers: { ids: [id] } })).toMatchObject({ voucherCents: 30n });
  });

  it('of another account is refused', async () => {
    const [tenant, other] = [await walletTenant(platform, 100n), await walletTenant(platform)];
    const id = await grant(other, 30n);
    const deal = await place(tenant, 100n);
    expect(await errorCode(pay(tenant, deal, { vouchers: { ids: [id] } }))).toBe('FailedOperation.InvalidVoucher');
  });
});
