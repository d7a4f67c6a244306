import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { giveBackImageScans, readImageScanQuota, reserveImageScan, settleImageScan } from './image-scan-quota.ts';
import { formatTenths } from './scan-cost.ts';
import { listUses } from './store.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
const trialEnd = now.add({ hours: 7 * 24 });

describe('the image scan quota of a trial', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now.toString() });
  });
  afterAll(() => platform.close());

  const inTenant = <T>(tenant: bigint, work: (tx: AppTransaction) => Promise<T>) =>
    platform.database.inTenant(tenant, work);
  const reserve = (tenant: bigint, task: bigint, imageId: string, hasResult = false, at = now) =>
    inTenant(tenant, (tx) =>
      reserveImageScan(tx, tenant, at, { task, imageId, imageName: `name of ${imageId}`, hasResult }),
    );
  const settle = (tenant: bigint, task: bigint, imageId: string, hadResult = false) =>
    inTenant(tenant, (tx) => settleImageScan(tx, tenant, now, { task, imageId, hadResult }));
  const figures = async (tenant: bigint, at = now) => {
    const quota = await inTenant(tenant, (tx) => readImageScanQuota(tx, tenant, at));
    return quota && [quota.reserved, quota.used, quota.remaining].map(formatTenths);
  };
  const leave = (tenant: bigint, tenths: number) =>
    inTenant(tenant, (tx) => sql`update quota_periods set capacity_tenths = ${tenths}`.execute(tx));

  it('holds what runs, keeps what has a result, and gives the rest back', async () => {
    const tenant = await trialTenant(platform);
    expect(await figures(tenant)).toEqual(['0', '0', '500']);
    expect(await reserve(tenant, 1n, 'a')).toBe('reserved');
    expect(await reserve(tenant, 1n, 'b')).toBe('reserved');
    expect(await figures(tenant)).toEqual(['2', '0', '498']);
    await settle(tenant, 1n, 'a');
    await inTenant(tenant, (tx) => giveBackImageScans(tx, tenant, 1n, ['a', 'b', 'c']));
    expect(await figures(tenant)).toEqual(['0', '1', '499']);
    await reserve(tenant, 2n, 'a', true);
    await settle(tenant, 2n, 'a', true);
    expect(await figures(tenant)).toEqual(['0', '1.1', '498.9']);
  });

  it('tells each use: task, image, cost and when', async () => {
    const tenant = await trialTenant(platform);
    for (const task of [1n, 2n, 3n]) {
      await reserve(tenant, task, 'a', task > 1n);
      await settle(tenant, task, 'a', task > 1n);
    }
    await reserve(tenant, 4n, 'b');
    const { uses, total } = await inTenant(tenant, async (tx) => {
      const quota = await readImageScanQuota(tx, tenant, now);
      return listUses(tx, tenant, quota?.periods.map(({ id }) => id) ?? [], { offset: 0, limit: 2 });
    });
    expect(total).toBe(3);
    const use = { imageId: 'a', imageName: 'name of a', at: now };
    expect(uses).toEqual([
      { ...use, task: 3n, first: false, tenths: 1n },
      { ...use, task: 2n, first: false, tenths: 1n },
    ]);
  });

  it('charges a scan that was to be the first as a repeat when another one was faster', async () => {
    const tenant = await trialTenant(platform);
    await reserve(tenant, 1n, 'a');
    await reserve(tenant, 2n, 'a');
    await settle(tenant, 1n, 'a', false);
    await settle(tenant, 2n, 'a', true);
    expect(await figures(tenant)).toEqual(['0', '1.1', '498.9']);
  });

  it('never charges more than was reserved', async () => {
    const tenant = await trialTenant(platform);
    await reserve(tenant, 1n, 'a', true);
    await settle(tenant, 1n, 'a', false);
    expect(await figures(tenant)).toEqual(['0', '0.1', '499.9']);
  });

  it('refuses to settle what was never reserved', async () => {
    const tenant = await trialTenant(platform);
    await expect(settle(tenant, 1n, 'a')).rejects.toThrow(/has reserved nothing/);
  });

  it('of 50 scans at once with one unit left lets exactly one begin', async () => {
    const tenant = await trialTenant(platform);
    await figures(tenant);
    await leave(tenant, 10);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => reserve(tenant, BigInt(index), `image ${index}`)),
    );
    expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'not-enough')).toHaveLength(49);
    expect(await figures(tenant)).toEqual(['1', '0', '0']);
  });

  it('makes one period for 20 first readers at once', async () => {
    const tenant = await trialTenant(platform);
    await Promise.all(Array.from({ length: 20 }, (_, index) => reserve(tenant, BigInt(index), 'a')));
    expect(await figures(tenant)).toEqual(['20', '0', '480']);
  });

  it.each([
    [trialEnd.subtract({ seconds: 1 }), 'reserved'],
    [trialEnd, 'not-entitled'],
    [trialEnd.add({ seconds: 1 }), 'not-entitled'],
  ])('at %s answers %s', async (at, answer) => {
    const tenant = await trialTenant(platform);
    expect(await reserve(tenant, 1n, 'a', false, at)).toBe(answer);
  });

  it('is another tenant’s own', async () => {
    const [one, other] = [await trialTenant(platform), await trialTenant(platform)];
    await reserve(one, 1n, 'a');
    expect(await figures(other)).toEqual(['0', '0', '500']);
  });
});
