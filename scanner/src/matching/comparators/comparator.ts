/** A way of ordering the versions of one kind of package. */
export interface Comparator<Parsed = unknown> {
  /** As its folder is named. */
  readonly name: string;
  /** Undefined for a text that is no version of this kind. Takes any text, in time linear to its length. */
  parse(version: string): Parsed | undefined;
  /** A total order: negative, 0 or positive. */
  compare(a: Parsed, b: Parsed): number;
  /** Whether an advisory that names `told` means this version too, since it names no more than a part of it. */
  covers?(told: Parsed, version: Parsed): boolean;
}

/** How two texts stand to each other; undefined when one of them is no version of this kind. */
export function compareVersions(comparator: Comparator, a: string, b: string): -1 | 0 | 1 | undefined {
  const parsedA = comparator.parse(a);
  const parsedB = comparator.parse(b);
  if (parsedA === undefined || parsedB === undefined) return undefined;
  const order = comparator.compare(parsedA, parsedB);
  if (order === 0) return 0;
  return order < 0 ? -1 : 1;
}
