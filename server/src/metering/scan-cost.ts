/** What a scan of an image costs, in whole tenths of a scan. Source: product rules, 4. */

/** The first scan of an image that has no result costs one scan, a repeated one a tenth of it. */
export function scanCostTenths(image: { hasResult: boolean }): 1 | 10 {
  return image.hasResult ? 1 : 10;
}

/**
 * What waiting scans will take if all of them have a result: each of `images` is one image, with the number of tasks in
 * which it waits. Without a result only the first of them is the first scan.
 */
export function promisedTenths(images: readonly { hasResult: boolean; tasks: number }[]): number {
  return images.reduce(
    (sum, { hasResult, tasks }) => (tasks === 0 ? sum : sum + scanCostTenths({ hasResult }) + (tasks - 1)),
    0,
  );
}

/** Tenths as an exact decimal: `"10.9"`, and `"3"` for whole scans. */
export function formatTenths(tenths: bigint): string {
  if (tenths < 0n) return `-${formatTenths(-tenths)}`;
  const rest = tenths % 10n;
  return rest === 0n ? String(tenths / 10n) : `${tenths / 10n}.${rest}`;
}

/** Used scans where the wire has whole numbers: rounded up. Source: product rules, 4. */
export function wholeScansUsed(tenths: bigint): bigint {
  return (tenths + 9n) / 10n;
}
