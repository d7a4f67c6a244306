import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fraction, priceLine } from '../../catalog/index.ts';
import { readBill } from '../bill.ts';
import { billsAsCsv } from './bill-csv.ts';
import { billsAsPdf } from './bill-pdf.ts';

/** As it was kept once, with all that a bill can have; what is written of it may never change. */
const line = priceLine({
  product: 'professional',
  description: 'Professional edition, purchase: 100 cores, 3 months',
  unitPriceMicro: 30_000_000n,
  quantity: 100n,
  share: fraction(3n),
  catalogVersion: 1n,
  promotions: [{ id: 1, name: '春季优惠', percentOff: 10 }],
});
const kept = {
  billId: '2026031500000000000001',
  orderId: '20260315000000000000',
  owner: '100000000001',
  operator: '100000000001',
  action: 'charge',
  product: 'professional',
  instanceId: 'tcss-1',
  regionCode: 'ap-guangzhou',
  zoneCode: '',
  billedAt: '2026-03-15T06:00:00Z',
  month: '2026-03',
  from: '2026-03-15T06:00:00Z',
  until: '2026-06-15T06:00:00Z',
  originalCents: '900000',
  realCents: '810000',
  vouchers: [{ id: 'vch-1', cents: '10000' }],
  payments: [{ voucher: '10000', credit: '300000', cash: '500000' }],
  samples: [{ at: '2026-03-15T06:00:00Z', quantity: '20', facts: { counted: '120', licensed: '100', cap: '5000' } }],
  lines: [line],
};
const bill = readBill(JSON.stringify(kept, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
const printable = { bill, taxes: [{ name: 'VAT', percent: 6, cents: 45_849n }] };
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('what is written of a bill', () => {
  it('as CSV is the same in every version of the service', () => {
    expect(sha256(billsAsCsv([printable]))).toBe('e9d27f679534839f328c21e7699611993f6e63f48f7bea6337f9546ae79475bd');
  });

  it('as PDF is the same in every version of the service', async () => {
    expect(sha256(await billsAsPdf([printable], 'bill-2026031500000000000001'))).toBe(
      '01c0d29a5b3339060de9cb7e94dfb7a3a6e2f5d8eab5fb3f1bebd9266271cc5d',
    );
  });
});
