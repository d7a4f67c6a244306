/**
 * What a test may need beyond the repository, and the closed list of reasons for skipping it.
 * `.ci/run` prints the counts of each reason and fails on any other.
 */
import { describe, it } from 'vitest';
import { sharedData, sharedDataFolder } from './shared-data.ts';

export type SkipReason =
  | 'no-shared-data'
  | `not-installed:${string}`
  | `needs-root:${string}`
  | `kernel-forbids:${string}`;

/** A group of tests on the shared data; one visible skip where it is absent. */
export function describeSharedData(title: string, body: (data: string) => void): void {
  if (sharedData === undefined && process.env['WHARFINGER_REQUIRE_DATA'] === '1') {
    throw new Error(`no shared data at ${sharedDataFolder}; set WHARFINGER_SHARED_DATA to its folder`);
  }
  describeWhen(sharedData === undefined ? 'no-shared-data' : undefined, title, () => body(sharedData as string));
}

/** A group of tests that runs unless there is a reason to skip it. */
export function describeWhen(reason: SkipReason | undefined, title: string, body: () => void): void {
  if (reason === undefined) describe(title, body);
  else it(title, (context) => context.skip(reason));
}
