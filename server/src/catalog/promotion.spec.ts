import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMoney, money } from '../platform/money.ts';
import { promotion } from './fixtures/promotion.ts';
import { afterPromotions } from './price-line.ts';
import { applies, choosePromotions, promotionSchema, type Promotion, type PromotionOccasion } from './promotion.ts';

const at = Temporal.Instant.from('2026-03-01T00:00:00Z');

function occasion(changes: Partial<PromotionOccasion> = {}): PromotionOccasion {
  return { action: 'purchase', product: 'professional', quantity: 100n, wholeMonths: 12n, at, ...changes };
}

describe('a promotion', () => {
  it.each<[string, Partial<Promotion>, Partial<PromotionOccasion>, boolean]>([
    ['without conditions', {}, {}, true],
    ['for this product', { products: ['professional'] }, {}, true],
    ['for another product', { products: ['log-analysis'] }, {}, false],
    ['for renewals', { actions: ['renew'] }, {}, false],
    ['from this second on', { from: '2026-03-01T00:00:00Z' }, {}, true],
    ['from the next second on', { from: '2026-03-01T00:00:01Z' }, {}, false],
    ['until this second', { until: '2026-03-01T00:00:00Z' }, {}, false],
    ['until the next second', { until: '2026-03-01T00:00:01Z' }, {}, true],
    ['from a year on', { minimumMonths: 12 }, {}, true],
    ['from a year on, a month less', { minimumMonths: 12 }, { wholeMonths: 11n }, false],
    ['up to a year', { maximumMonths: 12 }, {}, true],
    ['up to a year, a month more', { maximumMonths: 12 }, { wholeMonths: 13n }, false],
    ['without a least term, for less than a month', {}, { wholeMonths: 0n }, true],
    ['up to 100 cores', { maximumQuantity: 100 }, {}, true],
    ['up to 100 cores, one more', { maximumQuantity: 100 }, { quantity: 101n }, false],
    ['with a code, without it', { code: 'CODE' }, {}, false],
    ['with a code, another one', { code: 'CODE' }, { code: 'CODES' }, false],
    ['with a code, it', { code: 'CODE' }, { code: 'code' }, true],
    ['without a code, some code', {}, { code: 'CODE' }, true],
  ])('%s', (_name, changes, bought, works) => {
    expect(applies(promotion(changes), occasion(bought))).toBe(works);
  });

  it.each([
    ['no percent', { percentOff: 0 }],
    ['more than all', { percentOff: 101 }],
    ['part of a percent', { percentOff: 12.5 }],
    ['no product', { products: [] }],
    ['an unknown product', { products: ['everything'] }],
    ['a code in small letters', { code: 'code' }],
    ['a window that ends as it begins', { from: '2026-03-01T00:00:00Z', until: '2026-03-01T00:00:00Z' }],
    ['a date that is none', { from: '2026-02-30T00:00:00Z' }],
    ['a time without zone', { from: '2026-03-01T00:00:00' }],
    ['a shortest term above the longest', { minimumMonths: 4, maximumMonths: 3 }],
    ['no uses', { uses: 0 }],
    ['something unknown', { discount: 10 }],
  ])('is refused with %s', (_name, changes) => {
    expect(promotionSchema.safeParse(promotion()).success).toBe(true);
    expect(promotionSchema.safeParse({ ...promotion(), ...changes }).success).toBe(false);
  });
});

describe('of several promotions', () => {
  const stacking = (id: number, percentOff: number) => promotion({ id, percentOff, stacks: true });
  const alone = (id: number, percentOff: number) => promotion({ id, percentOff, stacks: false });

  it.each([
    ['none', [], []],
    ['the only one', [alone(1, 10)], [1]],
    ['all that stack, in the order of the catalogue', [stacking(2, 10), stacking(1, 20)], [2, 1]],
    ['the best that does not', [alone(1, 10), alone(2, 30), alone(3, 20)], [2]],
    ['those that stack when together they are cheaper', [stacking(1, 10), alone(2, 15), stacking(3, 10)], [1, 3]],
    ['the one alone when it is cheaper', [stacking(1, 10), alone(2, 20), stacking(3, 10)], [2]],
    ['those that stack when it is the same', [alone(1, 19), stacking(2, 10), stacking(3, 10)], [2, 3]],
    ['the first of equal ones', [alone(1, 10), alone(2, 10)], [1]],
  ])('%s work', (_name, offered, ids) => {
    expect(choosePromotions(offered).map(({ id }) => id)).toEqual(ids);
  });

  it('the cheapest allowed choice works, whatever is offered', () => {
    const offers = fc.array(
      fc.record({ percentOff: fc.integer({ min: 1, max: 100 }), stacks: fc.boolean() }).map(promotion),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(offers, (offered) => {
        const left = (chosen: { percentOff: number }[]) => afterPromotions(money(1n), chosen);
        const chosen = left(choosePromotions(offered));
        const allowed = [[], offered.filter(({ stacks }) => stacks), ...offered.map((one) => [one])];
        for (const choice of allowed) expect(compareMoney(chosen, left(choice))).not.toBe(1);
      }),
    );
  });
});
