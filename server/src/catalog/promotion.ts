/** Promotions: what lowers a price, when, for whom, and how several of them meet. Source: product rules, 3.1. */
import { z } from 'zod';
import { compareMoney, money } from '../platform/money.ts';
import { afterPromotions, type AppliedPromotion } from './price-line.ts';
import { products, type Product } from './product.ts';
import { instantText, lineField } from './text-fields.ts';

/** What is paid for: a new instance, a further term of one, or more of it for the rest of its term. */
export const priceActions = ['purchase', 'renew', 'upgrade'] as const;

export type PriceAction = (typeof priceActions)[number];

export const promotionSchema = z
  .strictObject({
    /** `ActiveID` on the wire; a number that was used once stays that promotion's, because its uses are counted by it. */
    id: z.int().min(1),
    name: lineField.min(1).max(100),
    products: z.array(z.enum(products)).min(1),
    actions: z.array(z.enum(priceActions)).min(1),
    percentOff: z.int().min(1).max(100),
    /** It holds in `[from, until)`; without one of them that side is open. */
    from: instantText.optional(),
    until: instantText.optional(),
    /** Whole months of the term. */
    minimumMonths: z.int().min(1).max(36).optional(),
    maximumMonths: z.int().min(1).max(36).optional(),
    /** Up to this quantity (cores, scans a month, gigabytes); not at all above it. */
    maximumQuantity: z.int().min(1).max(100_000_000).optional(),
    /** Only who names it has it. Compared without regard to case. */
    code: z
      .string()
      .regex(/^[A-Z0-9-]{4,40}$/, 'capital letters, digits and dash, 4 to 40 of them')
      .optional(),
    /** Orders that may use it, of all accounts and of one. */
    uses: z.int().min(1).max(1_000_000_000).optional(),
    usesPerAccount: z.int().min(1).max(1_000_000).optional(),
    /** Works together with others that stack; one that does not works alone. */
    stacks: z.boolean(),
  })
  .refine(({ from, until }) => from === undefined || until === undefined || isBefore(from, until), {
    error: 'it ends before it begins',
    path: ['until'],
  })
  .refine(({ minimumMonths = 1, maximumMonths = 36 }) => minimumMonths <= maximumMonths, {
    error: 'the shortest term is longer than the longest',
    path: ['maximumMonths'],
  });

export type Promotion = z.infer<typeof promotionSchema>;

/** What a promotion is held against. */
export interface PromotionOccasion {
  action: PriceAction;
  product: Product;
  quantity: bigint;
  /** Whole months that are paid for; parts of a month do not count. */
  wholeMonths: bigint;
  at: Temporal.Instant;
  code?: string | undefined;
}

/** Whether the promotion holds at this instant, whatever is bought. */
export function holdsAt({ from, until }: Promotion, at: Temporal.Instant): boolean {
  const started = from === undefined || Temporal.Instant.compare(Temporal.Instant.from(from), at) <= 0;
  return started && (until === undefined || Temporal.Instant.compare(at, Temporal.Instant.from(until)) < 0);
}

/** Whether this is the code of the promotion. */
export function hasCode(promotion: Promotion, code: string | undefined): boolean {
  return code !== undefined && promotion.code === code.toUpperCase();
}

/** Whether a promotion works on what is bought; how often it was used before is not asked. */
export function applies(promotion: Promotion, occasion: PromotionOccasion): boolean {
  const { minimumMonths = 0, maximumMonths = Infinity, maximumQuantity = Infinity } = promotion;
  return (
    holdsAt(promotion, occasion.at) &&
    promotion.products.includes(occasion.product) &&
    promotion.actions.includes(occasion.action) &&
    occasion.wholeMonths >= minimumMonths &&
    occasion.wholeMonths <= maximumMonths &&
    occasion.quantity <= maximumQuantity &&
    (promotion.code === undefined || hasCode(promotion, occasion.code))
  );
}

/**
 * The promotions that work, of those that apply: all that stack, one after the other, or one alone that does not stack;
 * what is cheapest for who buys, and of equals what comes first in the catalogue.
 */
export function choosePromotions(applying: readonly Promotion[]): AppliedPromotion[] {
  const stacking = applying.filter(({ stacks }) => stacks);
  const alone = applying.filter(({ stacks }) => !stacks).map((promotion) => [promotion]);
  const choices = [stacking, ...alone];
  const left = (promotions: Promotion[]) => afterPromotions(money(1n), promotions);
  const cheapest = choices.reduce((best, choice) => (compareMoney(left(choice), left(best)) < 0 ? choice : best));
  return cheapest.map(({ id, name, percentOff }) => ({ id, name, percentOff }));
}

function isBefore(a: string, b: string): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b)) < 0;
}
