import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, priceLine } from '../catalog/index.ts';
import { compareMoney, formatYuan, noMoney } from '../platform/money.ts';
import { paidForPart } from './paid-for-term.ts';

const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);

/** Three months of 100 cores, of which 40 went back and 60 stand. */
const grant = {
  id: 1n,
  rowId: 2n,
  orderId: '20260301000000000001',
  quantity: 60n,
  anchor: at('2026-03-01T09:30:00'),
  from: at('2026-03-01T09:30:00'),
  until: at('2026-06-01T09:30:00'),
  line: priceLine({
    product: 'professional',
    description: '',
    unitPriceMicro: 30_000_000n,
    quantity: 100n,
    share: fraction(3n),
    catalogVersion: 0n,
    promotions: [{ id: 1, name: 'tenth', percentOff: 10 }],
  }),
  paid: { voucher: 0n, credit: 0n, cash: 810_000n },
  refundedCents: 0n,
};

describe('what was paid for a part of a term', () => {
  it.each([
    ['2026-03-01T09:30:00', '2026-06-01T09:30:00', '4860.00'],
    ['2026-01-01T00:00:00', '2027-01-01T00:00:00', '4860.00'],
    ['2026-04-01T09:30:00', '2026-05-01T09:30:00', '1620.00'],
    // 7 of 31 days.
    ['2026-03-08T09:30:00', '2026-03-15T09:30:00', '365.81'],
    ['2026-06-01T09:30:00', '2026-07-01T00:00:00', '0.00'],
    ['2026-02-01T00:00:00', '2026-03-01T09:30:00', '0.00'],
    ['2026-04-01T09:30:00', '2026-04-01T09:30:00', '0.00'],
  ])('from %s until %s is %s', (from, until, yuan) => {
    expect(formatYuan(paidForPart(grant, at(from), at(until)))).toBe(yuan);
  });

  it('is nothing of what cost nothing, and never more than the grant’s own', () => {
    const hour = fc.integer({ min: -100, max: 3_000 });
    fc.assert(
      fc.property(hour, hour, (one, other) => {
        const [from, until] = [one, other].map((hours) => grant.from.add({ hours }));
        if (!from || !until) return;
        const part = paidForPart(grant, from, until);
        expect(compareMoney(part, noMoney)).not.toBe(-1);
        expect(compareMoney(part, paidForPart(grant, grant.from, grant.until))).not.toBe(1);
        expect(paidForPart({ ...grant, line: { ...grant.line, quantity: 0n } }, from, until)).toEqual(noMoney);
      }),
    );
  });
});
