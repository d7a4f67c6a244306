import { ActionError } from '../platform/errors.ts';
import { readFilters, type Filter, type WireFilter } from '../platform/wire-lists.ts';

/** The filters of a request. Throws `InvalidParameter` for a name that the list does not have: it would hide nothing. */
export function knownFilters<Name extends string>(
  filters: readonly WireFilter[] | undefined,
  names: readonly Name[],
): { name: Name; filter: Filter }[] {
  const { known, unknown } = readFilters(filters, names);
  const [first] = unknown;
  if (first === undefined) return known;
  throw new ActionError(
    'InvalidParameter',
    `there is no filter ${first.slice(0, 100)} here; there are ${names.join(', ')}`,
  );
}
