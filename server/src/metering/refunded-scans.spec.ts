import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operatorCaller } from '../../../tests/support/call-action.ts';
import { openMarket, type Market } from '../../../tests/support/commercial-tenant.ts';
import { reserveImageScan, settleImageScan } from './image-scan-quota.ts';

describe('a refund of bought scans', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2024-03-15T14:00:00+08:00');
  });
  afterAll(() => market.close());

  it('gives back what is unused of the month that runs, at the decision, and the months to come', async () => {
    const { tenant, ...customer } = await market.customer(1_000);
    await customer.buy('professional', { cores: 1 });
    const id = await customer.buy('image-scan', { scansPerMonth: 300 });
    const scan = (task: bigint, hasResult: boolean) =>
      market.database.inTenant(tenant, async (tx) => {
        const now = await market.clock.now(tx);
        await reserveImageScan(tx, tenant, now, { task, imageId: 'A', imageName: 'A', hasResult });
        await settleImageScan(tx, tenant, now, { task, imageId: 'A', hadResult: hasResult });
      });
    const inquire = () =>
      customer.call('InquirePrice', { Action: 'refund', SubProductCode: 'sp_tcss_image_scan', InstanceId: id });
    await scan(1n, false);
    expect(await inquire()).toMatchObject({ RealTotalCost: '269.70' });
    const answer = await customer.call('CreateRefundRequest', { InstanceId: id, Reason: 'no images left' });
    const [OrderId] = z.tuple([z.string()]).parse(answer['OrderIdList']);
    for (let task = 2n; task <= 100n; task += 1n) await scan(task, true);
    const operator = operatorCaller(market);
    const Uin = String(tenant);
    expect(await operator('DescribeRefundRequests', { Uin })).toMatchObject({ List: [{ OrderId, Ground: 'use' }] });
    expect(await operator('DecideRefund', { Uin, OrderId, Decision: 'approve' })).toMatchObject({ Status: 6 });
    expect(await operator('DescribeRefundRequests', { Uin })).toEqual({ List: [] });
    // 1,000 − 90 − 270, then 289.1 of 300 scans of a month for 90, and two months.
    expect(await customer.call('DescribeAccountBalance')).toMatchObject({ RealBalance: 64_000 + 8_673 + 18_000 });
  });
});
