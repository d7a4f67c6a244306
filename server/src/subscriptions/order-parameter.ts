/** `Parameter` of an order: JSON in a text, with the amounts. Source: issue 4, "Names that clients and tests rely on". */
import { z } from 'zod';
import { readParameterName, subProductCodes, type Catalog, type Product } from '../catalog/index.ts';
import { ActionError } from '../platform/errors.ts';

/** What an order asks for, beside its product and its term. */
export interface OrderParameter {
  /** As it was given: what the order keeps. */
  given: z.infer<typeof jsonObject>;
  /** Cores, scans a month or gigabytes. */
  quantity: bigint | undefined;
  /** The instance that is widened; undefined makes a new one. */
  instanceId: string | undefined;
  quoteId: string | undefined;
  promotionCode: string | undefined;
  /** Of a professional edition; what was left out is undefined. */
  scope: 'all' | 'chosen' | 'custom' | undefined;
  autoProtectNew: boolean | undefined;
  assets: readonly string[] | undefined;
  elasticCap: number | undefined;
}

const jsonObject = z.record(z.string(), z.json());

/** The vendor's programs write numbers as text as well. */
const amount = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number),
]);
const word = z.string().min(1).max(128);

const common = {
  instanceId: word.optional(),
  quoteId: word.optional(),
  promotionCode: word.optional(),
  // What the vendor's programs send beside the amounts; the fields of the request itself decide.
  pid: amount.optional(),
  productCode: word.optional(),
  subProductCode: word.optional(),
  goodsNum: amount.optional(),
  timeSpan: amount.optional(),
  timeUnit: z.enum(['m', 'y']).optional(),
};

const schemas = {
  professional: z.strictObject({
    ...common,
    cores: amount.optional(),
    scope: z.enum(['all', 'chosen', 'custom']).optional(),
    autoProtectNew: z.boolean().optional(),
    assets: z.array(word).min(1).max(10_000).optional(),
    elasticCap: z.int().optional(),
  }),
  'image-scan': z.strictObject({ ...common, scansPerMonth: amount.optional() }),
  'log-analysis': z.strictObject({ ...common, capacityGB: amount.optional() }),
} as const satisfies Record<Product, z.ZodType>;

/** Reads `Parameter` for a product. Throws `InvalidParameter` for what is no JSON object or has another shape. */
export function parseOrderParameter(catalog: Catalog, product: Product, text: string): OrderParameter {
  const given = parseJson(text);
  const parsed = schemas[product].safeParse(withOurNames(catalog, given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = ['Parameter', ...(issue?.path ?? [])].map(String).join('.').slice(0, 200);
    throw invalid(`${name} of ${subProductCodes[product]} is not valid: ${issue?.message.slice(0, 300)}`);
  }
  const fields = parsed.data;
  if (fields.goodsNum !== undefined && fields.goodsNum !== 1) throw invalid('Parameter.goodsNum must be 1');
  const { instanceId, quoteId, promotionCode } = fields;
  return {
    given,
    quantity: quantityOf(fields),
    instanceId,
    quoteId,
    promotionCode,
    scope: 'scope' in fields ? fields.scope : undefined,
    autoProtectNew: 'autoProtectNew' in fields ? fields.autoProtectNew : undefined,
    assets: 'assets' in fields ? fields.assets : undefined,
    elasticCap: 'elasticCap' in fields ? fields.elasticCap : undefined,
  };
}

/** Reads `Parameter` of a renewal, which is of all that is there: it may name a quote and a promotion code. */
export function parseRenewalParameter(
  catalog: Catalog,
  product: Product,
  text: string,
): Pick<OrderParameter, 'given' | 'quoteId' | 'promotionCode'> {
  const { given, quoteId, promotionCode, ...others } = parseOrderParameter(catalog, product, text);
  const more = Object.entries(others).find(([, value]) => value !== undefined);
  if (more) throw invalid('a renewal is of all that is there: its Parameter may have a quoteId and a promotionCode');
  return { given, quoteId, promotionCode };
}

function quantityOf(fields: { cores?: unknown; scansPerMonth?: unknown; capacityGB?: unknown }): bigint | undefined {
  const value = fields.cores ?? fields.scansPerMonth ?? fields.capacityGB;
  return typeof value === 'number' ? BigInt(value) : undefined;
}

function withOurNames(catalog: Catalog, given: z.infer<typeof jsonObject>): Record<string, unknown> {
  const named = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    const ours = readParameterName(catalog, name);
    if (named.has(ours)) throw invalid(`Parameter says ${ours} twice, under two names`);
    named.set(ours, value);
  }
  return Object.fromEntries(named);
}

function parseJson(text: string): z.infer<typeof jsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ActionError('InvalidParameter', 'Parameter must be JSON, such as {"cores":100}', { cause: error });
  }
  const object = jsonObject.safeParse(value);
  if (!object.success) throw invalid('Parameter must be a JSON object, such as {"cores":100}');
  return object.data;
}

function invalid(message: string): ActionError {
  return new ActionError('InvalidParameter', message);
}
