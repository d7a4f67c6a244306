import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, priceLine } from '../../catalog/index.ts';
import { add, compareMoney, fromCents, money } from '../../platform/money.ts';
import { makeUsageBill, spreadPayment, type Bill } from '../bill.ts';
import { explainBill } from './explain-bill.ts';

const now = Temporal.Instant.from('2026-03-01T18:00:00Z');

function usageBill(quantity: bigint, hours: bigint, plan: { credit: bigint; cash: bigint; owed: bigint }): Bill {
  const line = priceLine({
    product: 'elastic-cores',
    description: '',
    unitPriceMicro: 1_000_000n,
    quantity,
    share: fraction(1n, hours),
    catalogVersion: 0n,
  });
  const charge = {
    idempotencyKey: 'key',
    reference: '20260301000000000000',
    instanceId: 'tcss-1',
    regionCode: 'r',
    zoneCode: 'z',
    from: Temporal.Instant.from('2026-02-28T16:00:00Z'),
    until: Temporal.Instant.from('2026-03-01T16:00:00Z'),
    samples: [{ at: '2026-03-01T15:00:00Z', quantity: String(quantity), facts: { counted: '9' } }],
  };
  return makeUsageBill(1n, line, charge, plan, now);
}

describe('a bill', () => {
  it('opens to the exact amount, its rounding, and who paid', () => {
    const { lines } = explainBill(usageBill(964n, 24n, { credit: 17n, cash: 2_000n, owed: 2_000n }), 2_000n);
    expect(lines).toMatchObject([
      {
        roundedCents: 4_017n,
        rounding: { numerator: 1n, denominator: 300n },
        withheldCents: 0n,
        paid: { voucher: 0n, credit: 17n, cash: 2_000n, owed: 2_000n },
      },
    ]);
  });

  it('opens to each hour of its day, measured or not', () => {
    const { hours } = explainBill(usageBill(3n, 24n, { credit: 0n, cash: 13n, owed: 0n }), 0n);
    expect(hours).toHaveLength(24);
    expect(hours.filter(({ sample }) => sample !== undefined)).toEqual([
      { at: Temporal.Instant.from('2026-03-01T15:00:00Z'), sample: expect.objectContaining({ quantity: '3' }) },
    ]);
    expect(hours[0]?.at).toEqual(Temporal.Instant.from('2026-02-28T16:00:00Z'));
  });

  const linesOf = (parts: readonly [price: bigint, quantity: bigint, days: bigint][]) =>
    parts.map(([unitPriceMicro, quantity, days]) =>
      priceLine({
        product: 'professional',
        description: '',
        unitPriceMicro,
        quantity,
        share: fraction(days, 31n),
        catalogVersion: 0n,
        promotions: [{ id: 1, name: '', percentOff: 15 }],
      }),
    );

  it('opens to parts that add up to it, whatever it was made of', () => {
    const part = fc.tuple(
      fc.bigInt({ min: 0n, max: 50_000_000n }),
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.bigInt({ min: 0n, max: 1_000n }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.nat(100), fc.nat(100), (parts, credit, owed) => {
        const lines = linesOf(parts);
        const total = lines.reduce((sum, { cents }) => sum + cents, 0n);
        const paid = { voucher: 0n, credit: (total * BigInt(credit)) / 100n, cash: 0n };
        paid.cash = total - paid.credit;
        const owedCents = (paid.cash * BigInt(owed)) / 100n;
        const bill = { ...usageBill(1n, 24n, { credit: 0n, cash: 0n, owed: 0n }), lines, samples: undefined };
        const payments = spreadPayment(
          lines.map(({ cents }) => cents),
          paid,
        );
        const { lines: explained } = explainBill({ ...bill, payments }, owedCents);
        let allOwed = 0n;
        for (const { line, roundedCents, rounding, withheldCents, paid: parts } of explained) {
          expect(compareMoney(add(line.amount, rounding), fromCents(roundedCents))).toBe(0);
          const half = money(1n, 200n);
          expect(compareMoney(rounding, half)).not.toBe(1);
          expect(compareMoney(add(rounding, half), money(0n))).toBe(1);
          expect(roundedCents - withheldCents).toBe(line.cents);
          expect(parts.voucher + parts.credit + parts.cash + parts.owed).toBe(line.cents);
          for (const amount of Object.values(parts)) expect(amount).toBeGreaterThanOrEqual(0n);
          allOwed += parts.owed;
        }
        expect(allOwed).toBe(owedCents);
      }),
    );
  });
});
