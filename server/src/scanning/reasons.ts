/** Why an image has no result (or not a whole one), and what to do about it: in words that a user can act on. */
import type { Reason, ReasonCode } from '@wharfinger/scanner';

/** Reasons of the scanner, and those that only the service has. */
export type FailureCode =
  | ReasonCode
  | 'quota'
  | 'not-entitled'
  | 'timeout'
  | 'stopped'
  | 'image-gone'
  | 'image-changed'
  | 'internal';

export interface Failure {
  code: FailureCode;
  message: string;
}

const budget =
  'The image is larger or more deeply packed than one scan may read. Make it smaller, or ask the operator for a larger budget.';
const damaged = 'What the registry holds is damaged: build the image again, push it, and sync the registry.';

const solutions = {
  'budget-bytes': budget,
  'budget-ratio': budget,
  'budget-entries': budget,
  'budget-time': 'The image took too long to read. Scan it again, or give the scan a longer time-out.',
  'budget-memory': budget,
  'budget-depth': budget,
  'file-too-large':
    'A file is too large to look into. Leave it out of the image, or ask the operator for a larger budget.',
  'layer-truncated': 'The registry sent less than the whole layer. Scan again; if it stays so, push the image again.',
  'layer-corrupt': damaged,
  'layer-unsupported': 'The layer is packed in a way that we do not read. Push the image with gzip or zstd layers.',
  'digest-mismatch': 'The registry sends other bytes than the image names. Do not run this image; check the registry.',
  'path-refused': 'The layer holds names that lead out of the image. Build the image again without them.',
  'package-unreadable': 'A package list in the image is damaged. Mend it, or build the image again.',
  'archive-unreadable':
    'An archive in the image is damaged, encrypted or unpacks to too much, so that it could not be searched for malware. Leave it out of the image.',
  'child-died': 'A file in the image stopped our reader. Scan again; if it stays so, tell the operator.',
  'clamd-failed': 'The ClamAV daemon does not answer. Start it, or scan without it.',
  'registry-unreachable': 'The registry does not answer. Check its address and the network, then scan again.',
  'registry-denied': 'The registry refuses our login. Check the user name and password of the registry.',
  'registry-not-found': 'The registry no longer has this image. Sync the registry.',
  'registry-error': 'The registry answers with an error. Look at its own log, then scan again.',
  'target-not-found': 'The image is not there. Sync the registry.',
  'target-unreadable': 'The image cannot be read. Push it again, then sync the registry.',
  cancelled: 'The scan was stopped. Scan again when you want a result.',
  quota: 'The image scan quota is used up. Buy more scans, or wait until the quota resets.',
  'not-entitled': 'Image scan is not in force. Open the trial or buy the professional edition, then scan again.',
  timeout: 'The scan took longer than its time-out. Scan again with a longer one.',
  stopped: 'The scan was stopped. Scan again when you want a result.',
  'image-gone': 'The image is no longer in the registry’s catalogue. Sync the registry.',
  'image-changed': 'The registry holds another image under this digest or tag now. Sync the registry, then scan again.',
  internal: 'Something failed on our side. Scan again; if it stays so, tell the operator.',
} as const satisfies Record<FailureCode, string>;

/** What the user can do; empty where there is no failure. */
export function solutionOf(code: string): string {
  return Object.hasOwn(solutions, code) ? solutions[code as FailureCode] : '';
}

/** Reasons that are about one file; all others say that a layer was not read to its end. */
const ofOneFile = new Set<ReasonCode>(['file-too-large', 'path-refused', 'package-unreadable', 'archive-unreadable']);
/** These are about one file when they name it. */
const ofOneFileWhenNamed = new Set<ReasonCode>(['budget-depth', 'budget-time', 'budget-memory', 'child-died']);

/**
 * The reason why a scan that came to its end is no result: a layer was not read to its end, so anything may stand in the
 * rest. Undefined where every layer was read and at most single files were not: that is a result, marked incomplete.
 * Source: docs/decisions, what counts as a scan result.
 */
export function whyNoResult(reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(
    ({ code, path }) => !ofOneFile.has(code) && !(ofOneFileWhenNamed.has(code) && path !== undefined && path !== ''),
  );
}

/** One line on what a result leaves out; empty where it is complete. */
export function describeIncomplete(reasons: readonly Reason[]): string {
  const [first] = reasons;
  if (!first) return '';
  const more = reasons.length === 1 ? '' : ` (and ${reasons.length - 1} more)`;
  return `incomplete: ${first.message}${more}`.slice(0, 2_000);
}
