import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadPayment } from './bill.ts';
import { paymentEntries, planPayment, settleDebt, voucherPart } from './payment-plan.ts';
import type { Wallet } from './wallet.ts';

const cents = fc.bigInt({ min: 0n, max: 1_000_000n });
/** Who owes something has neither cash nor credit: what comes in settles the debt first. */
const wallets = fc.oneof(
  fc.record({ cash: cents, credit: cents, owed: fc.constant(0n) }),
  fc.record({ cash: fc.constant(0n), credit: fc.constant(0n), owed: cents }),
);
const vouchers = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), cents }), {
  maxLength: 4,
  selector: ({ id }) => id,
});
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const noDebt = { owed: 0n };

describe('a payment', () => {
  it.each([
    [100n, { cash: 100n, credit: 0n, owed: 0n }, { vouchers: [], credit: 0n, cash: 100n }],
    [100n, { cash: 100n, credit: 30n, owed: 0n }, { vouchers: [], credit: 30n, cash: 70n }],
    [100n, { cash: 99n, credit: 0n, owed: 0n }, undefined],
    [0n, { cash: 0n, credit: 0n, owed: 5n }, { vouchers: [], credit: 0n, cash: 0n }],
    [1n, { cash: 9n, credit: 9n, owed: 5n }, undefined],
  ])('of %d from %o is %o', (price, wallet: Wallet, plan) => {
    expect(planPayment(price, wallet, [])).toEqual(plan);
  });

  it('takes vouchers in the given order, then credit, then cash', () => {
    const wallet = { cash: 1000n, credit: 40n, ...noDebt };
    const given = [
      { id: 'b', cents: 20n },
      { id: 'empty', cents: 0n },
      { id: 'a', cents: 30n },
    ];
    expect(planPayment(100n, wallet, given)).toEqual({
      vouchers: [
        { id: 'b', cents: 20n },
        { id: 'a', cents: 30n },
      ],
      credit: 40n,
      cash: 10n,
    });
    expect(planPayment(25n, wallet, given)?.vouchers.at(1)).toEqual({ id: 'a', cents: 5n });
  });

  it('adds up to the price, takes no more than there is, and fails only when there is too little', () => {
    fc.assert(
      fc.property(cents, wallets, vouchers, (price, wallet, given) => {
        const plan = planPayment(price, wallet, given);
        const most = sum(given.map((voucher) => voucher.cents)) + wallet.cash + wallet.credit;
        expect(plan === undefined).toBe(most < price);
        if (!plan) return;
        expect(voucherPart(plan) + plan.credit + plan.cash).toBe(price);
        expect(sum(paymentEntries(plan).map((entry) => entry.cents))).toBe(-price);
        expect(plan.credit <= wallet.credit && plan.cash <= wallet.cash).toBe(true);
        expect(plan.cash === 0n || plan.credit === wallet.credit).toBe(true);
        for (const part of plan.vouchers) {
          expect(part.cents).toBeLessThanOrEqual(given.find(({ id }) => id === part.id)?.cents ?? -1n);
        }
      }),
    );
  });

  it('is spread over the lines of a bill so that each is paid and each source is used up', () => {
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 5 }), cents, cents, (lines, a, b) => {
        const price = sum(lines);
        const voucher = a < price ? a : price;
        const credit = b < price - voucher ? b : price - voucher;
        const parts = spreadPayment(lines, { voucher, credit, cash: price - voucher - credit });
        expect(parts.map((part) => part.voucher + part.credit + part.cash)).toEqual(lines);
        expect(sum(parts.map((part) => part.voucher))).toBe(voucher);
        expect(sum(parts.map((part) => part.credit))).toBe(credit);
      }),
    );
  });
});

describe('a debt', () => {
  it.each([
    [
      { cash: 100n, credit: 0n, owed: 0n },
      { credit: 0n, cash: 0n },
    ],
    [
      { cash: 100n, credit: 0n, owed: 60n },
      { credit: 0n, cash: 60n },
    ],
    [
      { cash: 0n, credit: 50n, owed: 60n },
      { credit: 50n, cash: 0n },
    ],
    [
      { cash: 5n, credit: 50n, owed: 60n },
      { credit: 50n, cash: 5n },
    ],
    [
      { cash: 90n, credit: 50n, owed: 60n },
      { credit: 50n, cash: 10n },
    ],
  ])('is settled out of %o by %o', (wallet: Wallet, parts) => {
    expect(settleDebt(wallet)).toEqual(parts);
  });
});
