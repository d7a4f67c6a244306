/** What all lists of the wire API share: paging and filters. Source: contract, semantics.md, "Common to all lists". */
import { z } from 'zod';
import { int64Field, stringField } from './wire-types.ts';

/** `Offset` from 0; `Limit` default 10, at most 100. */
export const pageFields = {
  Limit: int64Field.min(0).max(100).default(10),
  Offset: int64Field.min(0).default(0),
};

/** One entry of a `Filters` parameter. */
export const wireFilter = z.strictObject({
  Name: stringField.max(128),
  Values: z.array(stringField.max(1024)).max(100),
  ExactMatch: z.boolean().optional(),
});

export type WireFilter = z.infer<typeof wireFilter>;

export const filtersField = z.array(wireFilter).max(50).optional();

/** A filter as a list applies it: `any` of the values, equal or (not `exact`) contained, both without regard to case. */
export interface Filter {
  values: readonly string[];
  exact: boolean;
}

/**
 * The filters of a request under the names that the list knows, matched without regard to case. A name that it does not
 * know, or that stands there twice, filters as well: names are ANDed. Unknown names are returned for the caller to judge.
 */
export function readFilters<Name extends string>(
  filters: readonly WireFilter[] | undefined,
  names: readonly Name[],
): { known: { name: Name; filter: Filter }[]; unknown: string[] } {
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const known: { name: Name; filter: Filter }[] = [];
  const unknown: string[] = [];
  for (const { Name, Values, ExactMatch } of filters ?? []) {
    const name = byLowerCase.get(Name.toLowerCase());
    if (name === undefined) unknown.push(Name);
    else if (Values.length > 0) known.push({ name, filter: { values: Values, exact: ExactMatch === true } });
  }
  return { known, unknown };
}
