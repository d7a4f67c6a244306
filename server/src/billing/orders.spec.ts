import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { lineOf, orderOf, walletTenant } from '../../../tests/support/wallet-tenant.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { startJobRunner, type Job, type JobRunner } from '../platform/jobs/index.ts';
import { advanceTestClock } from '../platform/timers/index.ts';
import { writeBill, makeBill, readBill } from './bill.ts';
import { readBillDocument } from './bill-store.ts';
import { grantVoucher, topUp } from './credit.ts';
import { dealStatus, type NewDeal } from './deal.ts';
import type { DealPaid } from './events.ts';
import { expireDeal } from './jobs/expire-deal.ts';
import { findBooked } from './ledger.ts';
import { expireUnpaid, readDeal } from './move-deal.ts';
import { payAndDeliver, payDeal, setDealService, type Deliver } from './pay-deal.ts';
import { placeOrder } from './place-order.ts';
import type { VoucherChoice } from './vouchers.ts';
import { readWallet, setWarning } from './wallet.ts';

type Tables = { events: { tenant_id: bigint; type: string; happened_at: Temporal.Instant; payload: unknown } };

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
const noDelivery: Deliver = () => Promise.resolve();

describe('an order', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
  });
  afterAll(() => platform.close());

  const inTenant = <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) =>
    platform.database.inTenant(tenant, work);
  const place = (tenant: bigint, cents: bigint, more: Partial<NewDeal> = {}) =>
    inTenant(tenant, (tx) => placeOrder(tx, tenant, orderOf(tenant, cents, more), now));
  const pay = (
    tenant: bigint,
    orderId: string,
    {
      at = now,
      vouchers = {},
      deliver = noDelivery,
    }: { at?: Temporal.Instant; vouchers?: VoucherChoice; deliver?: Deliver } = {},
  ) => inTenant(tenant, (tx) => payAndDeliver({ tx, tenant, now: at }, { orderId }, vouchers, deliver));
  const read = (tenant: bigint, orderId: string) => inTenant(tenant, (tx) => readDeal(tx, tenant, orderId));
  const wallet = (tenant: bigint) => inTenant(tenant, (tx) => readWallet(tx, tenant));
  const eventsOf = (tenant: bigint, type: string) =>
    inTenant(tenant, (tx) =>
      tx
        .withTables<Tables>()
        .selectFrom('events')
        .select(['happened_at', 'payload'])
        .where('type', '=', type)
        .execute(),
    );

  it('waits unpaid with all that was ordered', async () => {
    const tenant = await walletTenant(platform);
    const lines = [lineOf(9000n), lineOf(30n, 'image-scan')];
    const parameters = { cores: 100, assets: ['a', 'b'], scope: 'chosen', nested: { empty: null, yes: true } };
    const deal = await place(tenant, 0n, { lines, parameters, clientToken: 'a token' });
    expect(deal).toEqual({
      ...orderOf(tenant, 0n, { lines, parameters }),
      orderId: expect.stringMatching(/^20260301\d{12}$/),
      bigDealId: expect.stringMatching(/^20260301\d{12}$/),
      clientToken: 'a token',
      status: dealStatus.unpaid,
      originalCents: 9030n,
      realCents: 9030n,
      voucherCents: 0n,
      createdAt: now,
      expiresAt: now.add({ hours: 24 }),
      paidAt: undefined,
      service: undefined,
    });
    expect(await read(tenant, deal.orderId)).toEqual(deal);
  });

  it('is paid from granted credit, then cash, and delivered', async () => {
    const tenant = await walletTenant(platform, 10_000n);
    await inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'credit', cents: 500n }, now));
    const { orderId } = await place(tenant, 9000n);
    const delivered: DealPaid[] = [];
    const service = { from: now, until: now.add({ hours: 720 }) };
    const paid = await pay(tenant, orderId, {
      async deliver({ tx }, event) {
        delivered.push(event);
        expect((await readDeal(tx, tenant, orderId)).status).toBe(dealStatus.delivering);
        await setDealService(tx, tenant, orderId, service);
      },
    });
    expect(paid).toMatchObject({ status: dealStatus.delivered, paidAt: now, voucherCents: 0n, service });
    expect(await read(tenant, orderId)).toEqual(paid);
    expect(delivered).toEqual([
      {
        orderId,
        action: 'purchase',
        product: 'professional',
        instanceId: 'tcss-spec',
        realCents: '9000',
        paidAt: now.toString(),
      },
    ]);
    expect(await wallet(tenant)).toEqual({ cash: 1500n, credit: 0n, owed: 0n });
  });

  it('that the balance does not cover changes nothing', async () => {
    const tenant = await walletTenant(platform, 8999n);
    const { orderId } = await place(tenant, 9000n);
    const delivered: DealPaid[] = [];
    const attempt = pay(tenant, orderId, { deliver: (_, event) => Promise.resolve(void delivered.push(event)) });
    await expect(attempt).rejects.toThrow('the order costs 90.00 yuan and the balance is 89.99; top up and try again');
    expect(await errorCode(pay(tenant, orderId))).toBe('FailedOperation.BalanceInsufficient');
    expect(delivered).toEqual([]);
    expect(await wallet(tenant)).toMatchObject({ cash: 8999n });
    expect(await read(tenant, orderId)).toMatchObject({ status: dealStatus.unpaid, paidAt: undefined });
  });

  it('that cannot be delivered is not paid', async () => {
    const tenant = await walletTenant(platform, 9000n);
    const { orderId } = await place(tenant, 9000n);
    await expect(pay(tenant, orderId, { deliver: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(await wallet(tenant)).toMatchObject({ cash: 9000n });
    expect(await read(tenant, orderId)).toMatchObject({ status: dealStatus.unpaid });
    expect(await inTenant(tenant, (tx) => readBillDocument(tx, tenant, orderId))).toBeUndefined();
    expect(await pay(tenant, orderId)).toMatchObject({ status: dealStatus.delivered });
  });

  it('that costs nothing is paid and billed without a movement of money', async () => {
    const tenant = await walletTenant(platform);
    const { orderId } = await place(tenant, 0n);
    expect(await pay(tenant, orderId)).toMatchObject({ status: dealStatus.delivered, realCents: 0n });
    expect(await inTenant(tenant, (tx) => findBooked(tx, tenant, `payment/${orderId}`))).toBeUndefined();
    expect(await inTenant(tenant, (tx) => readBillDocument(tx, tenant, orderId))).toContain(orderId);
  });

  it('is paid once', async () => {
    const tenant = await walletTenant(platform, 30_000n);
    const { orderId } = await place(tenant, 9000n);
    const codes = await Promise.all(Array.from({ length: 20 }, () => errorCode(pay(tenant, orderId))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 19 }, () => 'FailedOperation.InvalidDeal'), 'OK']);
    expect(await wallet(tenant)).toMatchObject({ cash: 21_000n });
  });

  it('that was paid does not expire', async () => {
    const tenant = await walletTenant(platform, 100n);
    const { orderId } = await place(tenant, 100n);
    await pay(tenant, orderId);
    expect(await inTenant(tenant, (tx) => expireUnpaid(tx, tenant, orderId))).toBe(false);
    expect(await read(tenant, orderId)).toMatchObject({ status: dealStatus.delivered });
    expect(await eventsOf(tenant, 'billing.deal-expired')).toEqual([]);
  });

  it('of 200 at once on one account with money for 120, exactly 120 are paid', async () => {
    const tenant = await walletTenant(platform, 12_050n);
    const orders = await Promise.all(Array.from({ length: 200 }, () => place(tenant, 100n)));
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(200);
    const codes = await Promise.all(orders.map(({ orderId }) => errorCode(pay(tenant, orderId))));
    expect(codes.filter((code) => code === 'OK')).toHaveLength(120);
    expect(codes.filter((code) => code === 'FailedOperation.BalanceInsufficient')).toHaveLength(80);
    expect(await wallet(tenant)).toEqual({ cash: 50n, credit: 0n, owed: 0n });
    const after = await Promise.all(orders.map(({ orderId }) => read(tenant, orderId)));
    expect(after.filter(({ status }) => status === dealStatus.delivered)).toHaveLength(120);
  });

  it('of another account is not there', async () => {
    const [one, other] = [await walletTenant(platform), await walletTenant(platform, 9000n)];
    const { orderId } = await place(one, 100n);
    expect(await errorCode(pay(other, orderId))).toBe('FailedOperation.InvalidDeal');
    expect(await wallet(other)).toMatchObject({ cash: 9000n });
  });

  it('announces that it was paid, once, when its transaction is kept', async () => {
    const tenant = await walletTenant(platform, 100n);
    const { orderId } = await place(tenant, 100n);
    const payTwice = () => inTenant(tenant, (tx) => payDeal(tx, tenant, { orderId }, now));
    expect(await payTwice()).toMatchObject({ status: dealStatus.delivered });
    expect(await errorCode(payTwice())).toBe('FailedOperation.InvalidDeal');
    const payload = { orderId, action: 'purchase', product: 'professional', instanceId: 'tcss-spec', realCents: '100' };
    expect(await eventsOf(tenant, 'billing.deal-paid')).toEqual([
      { happened_at: now, payload: { ...payload, paidAt: now.toString() } },
    ]);
  });

  describe('once paid has a bill', () => {
    it('that made again has the same bytes', async () => {
      const tenant = await walletTenant(platform, 1000n);
      const id = await inTenant(tenant, (tx) =>
        grantVoucher(
          tx,
          tenant,
          { nominalCents: 30n, products: [], beginsAt: now, endsAt: now.add({ hours: 1 }) },
          now,
        ),
      );
      const { orderId } = await place(tenant, 0n, { lines: [lineOf(20n), lineOf(90n, 'image-scan')] });
      await pay(tenant, orderId, { vouchers: { auto: true } });
      const kept = await inTenant(tenant, (tx) => readBillDocument(tx, tenant, orderId));
      const deal = await read(tenant, orderId);
      const again = makeBill(tenant, deal, { vouchers: [{ id, cents: 30n }], credit: 0n, cash: 80n });
      expect(writeBill(again)).toBe(kept);
      expect(readBill(kept ?? '')).toEqual(again);
      expect(writeBill(readBill(kept ?? ''))).toBe(kept);
      expect(again.payments).toEqual([
        { voucher: 20n, credit: 0n, cash: 0n },
        { voucher: 10n, credit: 0n, cash: 80n },
      ]);
    });
  });

  describe('that makes the balance low', () => {
    it('tells so once, when the balance falls below the threshold', async () => {
      const tenant = await walletTenant(platform, 1000n);
      const warn = (open: boolean) => inTenant(tenant, (tx) => setWarning(tx, tenant, { thresholdCents: 800n, open }));
      const spend = async (cents: bigint) => pay(tenant, (await place(tenant, cents)).orderId);
      await warn(true);
      await spend(200n);
      expect(await eventsOf(tenant, 'billing.balance-low')).toEqual([]);
      await spend(1n);
      await spend(1n);
      const payload = { balanceCents: '799', thresholdCents: '800', at: now.toString() };
      expect(await eventsOf(tenant, 'billing.balance-low')).toEqual([{ happened_at: now, payload }]);
      await inTenant(tenant, (tx) => topUp(tx, tenant, { kind: 'cash', cents: 500n }, now));
      await warn(false);
      await spend(1000n);
      expect(await eventsOf(tenant, 'billing.balance-low')).toHaveLength(1);
    });
  });
});

describe('an unpaid order under the clock', () => {
  let platform: TestPlatform;
  let runner: JobRunner;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    runner = await startJobRunner(platform, { jobs: [expireDeal] as readonly Job[], concurrency: 4 });
  });
  afterAll(async () => {
    await runner.stop();
    await platform.close();
  });

  it('can be paid for 24 hours, then expires at that instant', async () => {
    const tenant = await walletTenant(platform, 1000n);
    const inTenant = <T>(work: (tx: AppTransaction) => Promise<T>) => platform.database.inTenant(tenant, work);
    const place = () => inTenant((tx) => placeOrder(tx, tenant, orderOf(tenant, 100n), now));
    const [paid, unpaid, late] = [await place(), await place(), await place()];
    const end = now.add({ hours: 24 });
    const pay = (orderId: string, at: Temporal.Instant) =>
      errorCode(inTenant((tx) => payAndDeliver({ tx, tenant, now: at }, { orderId }, {}, noDelivery)));
    const statuses = () =>
      inTenant((tx) =>
        Promise.all(
          [paid, unpaid, late].map(({ orderId }) => readDeal(tx, tenant, orderId).then((deal) => deal.status)),
        ),
      );
    const advance = (to: Temporal.Instant) => advanceTestClock(platform, () => to);

    expect(await advance(end.subtract({ seconds: 1 }))).toMatchObject({ fired: 0 });
    expect(await pay(paid.orderId, end.subtract({ seconds: 1 }))).toBe('OK');
    // Its time is over by the clock, whether or not the timer has run.
    expect(await pay(unpaid.orderId, end)).toBe('FailedOperation.InvalidDeal');
    expect(await statuses()).toEqual([dealStatus.delivered, dealStatus.unpaid, dealStatus.unpaid]);

    expect(await advance(end.add({ hours: 3 }))).toMatchObject({ fired: 2 });
    expect(await statuses()).toEqual([dealStatus.delivered, dealStatus.expired, dealStatus.expired]);
    expect(await pay(late.orderId, end)).toBe('FailedOperation.InvalidDeal');
    const events = await inTenant((tx) =>
      tx
        .withTables<Tables>()
        .selectFrom('events')
        .select(['happened_at'])
        .where('type', '=', 'billing.deal-expired')
        .execute(),
    );
    expect(events).toEqual([{ happened_at: end }, { happened_at: end }]);
  });
});
