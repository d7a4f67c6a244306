/** Who hears which event, in the order in which they run. */
import type { Subscriber } from '../platform/events/index.ts';
import { countSyncedImages, forgetRemovedImages, scanSyncedImages, stopScansAtTrialEnd } from '../scanning/index.ts';

export const subscribers: readonly Subscriber[] = [
  stopScansAtTrialEnd,
  forgetRemovedImages,
  countSyncedImages,
  scanSyncedImages,
];
