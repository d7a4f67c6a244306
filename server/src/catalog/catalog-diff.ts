/** What differs between two catalogues, field by field, for the operator's eye. */
import type { CatalogDocument } from './catalog.ts';

export interface CatalogChange {
  /** Such as `professional.unitPriceMicro`; a promotion is named by its id: `promotions.7.percentOff`. */
  path: string;
  /** As JSON; undefined when the field is not there. */
  before?: string;
  after?: string;
}

/** All fields that differ, in the order of their paths. */
export function catalogDiff(before: CatalogDocument, after: CatalogDocument): CatalogChange[] {
  const [old, fresh] = [new Map(fields(before)), new Map(fields(after))];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((path) => old.get(path) !== fresh.get(path))
    .sort()
    .map((path) => {
      const [was, is] = [old.get(path), fresh.get(path)];
      return { path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) };
    });
}

/** Every field with its value as JSON. The order of promotions counts, because they work in it. */
export function fields(document: CatalogDocument): [string, string][] {
  const { promotions, ...rest } = document;
  return [
    ...flatten('', rest),
    ...(promotions.length > 0
      ? [['promotions', JSON.stringify(promotions.map(({ id }) => id))] satisfies [string, string]]
      : []),
    ...promotions.flatMap((promotion) => flatten(`promotions.${promotion.id}`, promotion)),
  ];
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([name, member]) => flatten(path === '' ? name : `${path}.${name}`, member));
}
