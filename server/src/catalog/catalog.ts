/**
 * The catalogue: every number of the product rules that the operator can change, as one document. Whole numbers only:
 * prices in units of 0.000001 yuan, lengths in hours, days or months.
 */
import { z } from 'zod';
import { promotionSchema } from './promotion.ts';
import { products, type Product } from './product.ts';
import { lineField } from './text-fields.ts';

/** Beyond these no sum that the ledger keeps can overflow, and no quantity is a slip of the finger. */
const price = z.int().min(0).max(1_000_000_000_000);
const quantity = z.int().min(1).max(100_000_000);
const months = z.int().min(1).max(36);
const hours = z
  .int()
  .min(0)
  .max(24 * 366);

/** The code of another seller under which ours is known too. */
const alias = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'small letters, digits and underscore, 64 at most');

const term = z
  .strictObject({ minimumMonths: months, maximumMonths: months })
  .refine((range) => range.minimumMonths <= range.maximumMonths, 'the shortest term is longer than the longest');

const timeZone = z.string().refine((id) => {
  try {
    return new Temporal.ZonedDateTime(0n, id).timeZoneId !== '';
  } catch {
    return false;
  }
}, 'must be a time zone such as Asia/Shanghai');

/** Those of catalogues that were published before there were any. */
export const builtInGuardRails = { mostYuanADay: 1_000_000, mostPriceFactor: 5 } as const;

export const catalogSchema = z.strictObject({
  /** Where days and anniversaries are counted. */
  marketTimeZone: timeZone,
  /** Product rules, 2. */
  trial: z.strictObject({
    duration: z.strictObject({
      hours: z
        .int()
        .min(1)
        .max(24 * 366),
    }),
    gift: z.strictObject({
      /** Cores of all assets are covered. */
      cores: z.literal('all'),
      imageScans: z.int().min(0).max(100_000_000),
      logGigabytes: z.int().min(0).max(100_000_000),
    }),
    /** From the trial's end to the deletion of its data. */
    deletionHours: hours,
  }),
  /** Product rules, 3.1. The price is for a core and month. */
  professional: z.strictObject({
    unitPriceMicro: price,
    minimumQuantity: quantity,
    maximumQuantity: quantity,
    purchaseTerm: term,
    renewalTerm: term,
  }),
  /** Product rules, 3.2. The price is for a core and day. */
  elasticCores: z.strictObject({ unitPriceMicro: price, minimumCap: quantity, suspensionHours: hours }),
  /** Product rules, 4. The price is for a scan of the monthly quota and month. */
  imageScan: z.strictObject({
    unitPriceMicro: price,
    /** Multiples of this can be bought. */
    step: quantity,
    minimumQuantity: quantity,
    maximumQuantity: quantity,
    /** What is offered; accepted also where it is no multiple of the step. */
    packs: z.array(quantity).min(1).max(20),
    purchaseTerm: term,
    renewalTerm: term,
  }),
  /** Product rules, 5. The price is for a gigabyte and month. */
  logAnalysis: z.strictObject({
    unitPriceMicro: price,
    step: quantity,
    minimumQuantity: quantity,
    maximumQuantity: quantity,
    purchaseTerm: term,
    renewalTerm: term,
  }),
  /** Product rules, 6 and 7: lengths of a subscription's last stages, from its end on. */
  life: z
    .strictObject({
      isolationHours: hours,
      /** From the end on: when it is destroyed. */
      destructionHours: hours,
      reminderDays: z.int().min(0).max(30),
      /** How long alarm history is kept after the destruction of a professional edition. */
      alarmHistoryDays: z.int().min(0).max(3660),
      /** How long an archive of everything can be fetched. */
      exportHours: hours.default(7 * 24),
      noReasonRefundHours: hours,
    })
    .refine((life) => life.isolationHours <= life.destructionHours, 'destruction comes before the end of isolation'),
  /** Bounds of what is charged without anybody's asking; beyond one an account is parked until a person has looked. */
  guardRails: z
    .strictObject({
      /** Charges of an account and day, together. */
      mostYuanADay: z.int().min(1).max(1_000_000_000),
      /** How far a unit price may go up or down from what the account paid for the same the last time. */
      mostPriceFactor: z.int().min(2).max(1_000_000),
    })
    .default({ ...builtInGuardRails }),
  /** What bills say of the tax that prices contain. */
  tax: z.strictObject({ name: lineField.min(1).max(50), percent: z.int().min(0).max(100) }),
  /** Codes that clients of the vendor use for what is ours. */
  aliases: z.strictObject({
    products: z.array(alias).max(20),
    subProducts: z.record(alias, z.enum(products)),
    parameters: z.record(alias, z.enum(['cores', 'scansPerMonth', 'capacityGB'])),
  }),
  /** In the order in which they work on one line. */
  promotions: z
    .array(promotionSchema)
    .max(500)
    .refine(
      (promotions) => new Set(promotions.map(({ id }) => id)).size === promotions.length,
      'two promotions have the same id',
    ),
  /** What `DescribeABTestConfig` answers with. */
  features: z.record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/), z.boolean()),
});

/** The content of a catalogue, as it is published. */
export type CatalogDocument = z.infer<typeof catalogSchema>;

/** A catalogue that is in force from an instant on. Version 0 is the built-in one, in force until another is. */
export interface Catalog extends CatalogDocument {
  version: bigint;
}

/** What the free trial gives. Source: product rules, 2. */
export type TrialGift = CatalogDocument['trial']['gift'];

/** What the three products have in common. */
export type ProductRule = Pick<
  CatalogDocument['logAnalysis'],
  'unitPriceMicro' | 'minimumQuantity' | 'maximumQuantity' | 'purchaseTerm' | 'renewalTerm'
>;

export function productRule(catalog: CatalogDocument, product: Product): ProductRule {
  const rules = {
    professional: catalog.professional,
    'image-scan': catalog.imageScan,
    'log-analysis': catalog.logAnalysis,
  } satisfies Record<Product, ProductRule>;
  return rules[product];
}
