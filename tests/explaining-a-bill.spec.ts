import { afterAll, beforeAll, expect, it } from 'vitest';
import { newBuyer, type Buyer } from './support/buyer.ts';
import { startService, type RunningService } from './support/running-service.ts';

let service: RunningService;
let buyer: Buyer;
beforeAll(async () => {
  service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T20:30:00+08:00' });
  buyer = await newBuyer(service, '3001.00');
  await buyer.buy('professional', { cores: 33 }, { months: 3 });
});
afterAll(() => service.remove());

it('every hour of a day that was charged can be seen by who runs the service', async () => {
  const { accountId } = buyer;
  service.command('samples', 'put', '--account', accountId, '--cores', '47');
  service.command('clock', 'advance', '--to', '2026-03-02T02:00:00+08:00');
  const { DetailSet = [] } = await buyer.billing.DescribeBillDetail({
    Offset: 0,
    Limit: 10,
    Month: '2026-03',
    PayMode: 'postPay',
  });
  const billId = DetailSet[0]?.BillId ?? '';
  const explained = service.command('bill', 'explain', billId, '--account', accountId);
  // 21:00, 22:00 and 23:00 with 14 cores: 42/24.
  expect(explained).toMatchObject({
    billId,
    action: 'charge',
    realCost: '1.75',
    lines: [
      {
        formula: '1.00 × 42 core × 1/24 day = 1.75',
        catalogVersion: 0,
        amountExact: '7/4',
        rounding: '0',
        paid: { voucher: '0.00', credit: '0.00', cash: '1.75', owed: '0.00' },
      },
    ],
  });
  const { hours } = explained as { hours: { hour: string; sampled: boolean; quantity: number; facts: unknown }[] };
  expect(hours).toHaveLength(24);
  expect(hours.filter(({ sampled }) => sampled).map(({ hour, quantity }) => [hour, quantity])).toEqual(
    [21, 22, 23].map((hour) => [`2026-03-01 ${hour}:00:00`, 14]),
  );
  expect(hours.at(-1)?.facts).toEqual([
    { name: 'counted', value: '47' },
    { name: 'licensed', value: '33' },
    { name: 'cap', value: '5000' },
    { name: 'source', value: '{"kind":"put by hand"}' },
  ]);
});
