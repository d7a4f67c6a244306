/**
 * The life of an image in a task, as transactions: it begins when its quota is reserved, and ends exactly once, with its
 * quota settled or given back in the same transaction. Rows are locked in one order: image, result,
 * quota, newest scan, task, catalogue, counter.
 */
import type { RiskClass } from '@wharfinger/scanner';
import { setImageAtRisk } from '../assets/index.ts';
import { giveBackImageScans, reserveImageScan, settleImageScan } from '../metering/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { mayScanImages } from '../subscriptions/index.ts';
import { readPlaces, type Place } from './catalogue.ts';
import { countNewlyScanned } from './scanned-images.ts';
import { tellOfUnpaidImage } from './quota-short.ts';
import { describeIncomplete, type Failure } from './reasons.ts';
import { hasResult, storeResult, type ScanResult } from './result-store.ts';
import { hasEnded, type EndedState } from './scan-state.ts';
import { storableText } from './storable.ts';
import { placesOfImage } from './task-places.ts';
import {
  countFailure,
  endTaskImages,
  lockOpenImages,
  lockTaskImage,
  markScanning,
  readTask,
  runningTasks,
  type TaskImageKey,
} from './task-store.ts';
import { takeTurn } from './take-turn.ts';

/** A scan that has begun: what the work needs, and the number under which it may end. */
export interface BegunScan {
  run: number;
  riskClasses: RiskClass[];
  timeoutSeconds: number | undefined;
  /** Where the image is, in the order in which it is tried. */
  places: Place[];
}

/** So often may the work begin: each time but the first, its process was killed in the middle of it. */
const mostRuns = 100;
/** So often may the work fail by an error of ours before the image is given up. */
const mostFailures = 3;

/**
 * Begins, or begins again after a process was killed. Undefined when there is nothing to do: the image has ended, or ends
 * here because its quota is not there or nothing gives image scans any more.
 */
export async function beginScan(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  key: TaskImageKey,
): Promise<BegunScan | undefined> {
  const image = await lockTaskImage(tx, tenant, key);
  const task = image && (await readTask(tx, tenant, key.task));
  if (!image || !task || hasEnded(image.state)) return undefined;
  const places = await readPlaces(tx, tenant, key.imageId, await placesOfImage(tx, tenant, key));
  const refusal = await whyNotBegin();
  if (refusal) {
    await endWithoutResult(tx, tenant, now, key, refusal);
    if (refusal.failure === quotaUsedUp) await tellOfUnpaidImage({ tx, tenant, now }, key);
    return undefined;
  }
  const run = await markScanning(tx, tenant, key, now);
  return { run, riskClasses: task.riskClasses, timeoutSeconds: task.timeoutSeconds, places };

  async function whyNotBegin(): Promise<{ state: 'failed' | 'stopped'; failure: Failure } | undefined> {
    if (!(await mayScanImages(tx, tenant, now))) return { state: 'stopped', failure: notEntitled };
    const [first] = places;
    if (!first) return { state: 'failed', failure: imageGone };
    if (image?.state === 'scanning') {
      return image.run < mostRuns ? undefined : { state: 'failed', failure: killedTooOften };
    }
    const reservation = await reserveImageScan(tx, tenant, now, {
      ...key,
      imageName: storableText(first.name),
      hasResult: await hasResult(tx, tenant, key.imageId),
    });
    return reservation === 'reserved' ? undefined : { state: 'failed', failure: quotaUsedUp };
  }
}

/** How the work of a run came out. */
export type ScanOutcome = { result: ScanResult } | { failure: Failure };

/**
 * Ends the image with what the run gives: the result is kept and the quota settled, or the quota given back. False when
 * the image is no longer this run's: it was stopped, or another process began it again; then nothing is kept.
 */
export async function endScan(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  key: TaskImageKey,
  run: number,
  outcome: ScanOutcome,
): Promise<boolean> {
  const image = await lockTaskImage(tx, tenant, key);
  if (image?.state !== 'scanning' || image.run !== run) return false;
  if ('failure' in outcome) {
    await endWithoutResult(tx, tenant, now, key, { state: 'failed', failure: outcome.failure });
    return true;
  }
  if (!(await mayScanImages(tx, tenant, now))) {
    await endWithoutResult(tx, tenant, now, key, { state: 'stopped', failure: notEntitled });
    return true;
  }
  const { result } = outcome;
  const { hadResult, atRisk } = await storeResult(tx, tenant, key.imageId, result, now);
  await settleImageScan(tx, tenant, now, { ...key, hadResult });
  await endTaskImages(tx, tenant, key.task, [key.imageId], {
    state: 'scanned',
    code: result.reasons[0]?.code ?? '',
    message: storableText(describeIncomplete(result.reasons)),
    at: now,
  });
  await setImageAtRisk(tx, tenant, key.imageId, atRisk);
  if (!hadResult) await countNewlyScanned(tx, tenant, key.imageId);
  return true;
}

/** Counts an error of ours. After too many the image is given up; true then, and when it is no longer this run's. */
export async function failRun(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  key: TaskImageKey,
  run: number,
): Promise<boolean> {
  const image = await lockTaskImage(tx, tenant, key);
  if (image?.state !== 'scanning' || image.run !== run) return true;
  if ((await countFailure(tx, tenant, key)) < mostFailures) return false;
  await endWithoutResult(tx, tenant, now, key, { state: 'failed', failure: failedByUs });
  return true;
}

/** Stops what has not ended of a task (of these images, where some are named). What has ended stays as it is. */
export async function stopTask(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  task: bigint,
  imageIds?: readonly string[],
  failure: Failure = stopped,
): Promise<void> {
  const open = await lockOpenImages(tx, tenant, task, imageIds);
  await giveBackImageScans(tx, tenant, task, open);
  await endTaskImages(tx, tenant, task, open, { state: 'stopped', at: now, ...failure });
}

/** Nothing gives image scans any more: everything that runs ends at once. Source: product rules, 2 and 4. */
export async function stopAllTasks(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<void> {
  await takeTurn(tx, tenant);
  for (const { id } of await runningTasks(tx, tenant)) await stopTask(tx, tenant, now, id, undefined, notEntitled);
}

async function endWithoutResult(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  key: TaskImageKey,
  { state, failure }: { state: EndedState; failure: Failure },
): Promise<void> {
  await giveBackImageScans(tx, tenant, key.task, [key.imageId]);
  await endTaskImages(tx, tenant, key.task, [key.imageId], {
    state,
    code: failure.code,
    message: storableText(failure.message),
    at: now,
  });
}

const stopped: Failure = { code: 'stopped', message: 'the scan was stopped' };
const notEntitled: Failure = {
  code: 'not-entitled',
  message: 'nothing gives image scans any more: scanning has stopped',
};
const quotaUsedUp: Failure = { code: 'quota', message: 'the image scan quota does not pay for this image' };
const killedTooOften: Failure = {
  code: 'internal',
  message: 'the service was killed too often while it scanned this image',
};
const failedByUs: Failure = { code: 'internal', message: 'the scan failed on our side, more than once' };
/** The tag, or the whole registry, left the catalogue while the image waited. */
export const imageGone: Failure = { code: 'image-gone', message: 'the image left the catalogue before it was scanned' };
