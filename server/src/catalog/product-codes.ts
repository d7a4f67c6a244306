/** Codes and parameter names of the wire, ours and the aliases that the catalogue keeps for those of the vendor. */
import { ActionError } from '../platform/errors.ts';
import type { CatalogDocument } from './catalog.ts';
import { productCode, products, subProductCodes, type Product } from './product.ts';

/** Names in `Parameter` that say how much is bought. */
export type QuantityParameter = CatalogDocument['aliases']['parameters'][string];

/** Throws `InvalidParameter.ProductCode` for a code that is neither ours nor an alias. */
export function checkProductCode(catalog: CatalogDocument, code: string): void {
  if (code === productCode || catalog.aliases.products.includes(code)) return;
  throw new ActionError('InvalidParameter.ProductCode', `ProductCode is ${productCode}`);
}

/** The product of a `SubProductCode`. Throws `InvalidParameter.SubProductCode` for one that is not known. */
export function readSubProductCode(catalog: CatalogDocument, code: string): Product {
  const product = products.find((one) => subProductCodes[one] === code) ?? own(catalog.aliases.subProducts, code);
  if (product) return product;
  throw new ActionError(
    'InvalidParameter.SubProductCode',
    `SubProductCode is one of ${Object.values(subProductCodes).join(', ')}`,
  );
}

/** Our name of a parameter that has one of the vendor's; any other stays as it is. */
export function readParameterName(catalog: CatalogDocument, name: string): string {
  return own(catalog.aliases.parameters, name) ?? name;
}

function own<Value>(record: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
