/** All background jobs. */
import { syncRegistryJob } from '../assets/index.ts';
import { expireDeal, lookAfterTopUp, tellOfPark } from '../billing/index.ts';
import { suspendElastic, tellOfArrears } from '../metering/index.ts';
import type { Job } from '../platform/jobs/index.ts';
import { forgetImagesJob, rematch, scanImage, scanNewImages } from '../scanning/index.ts';
import {
  deleteEnded,
  deleteKept,
  endTrial,
  expireExport,
  expireTrialData,
  makeExport,
  passSubscriptionTime,
  removeArchive,
  warnOfTrialEnd,
} from '../subscriptions/index.ts';

export const jobs: readonly Job[] = [
  expireDeal,
  tellOfPark,
  lookAfterTopUp,
  warnOfTrialEnd,
  endTrial,
  expireTrialData,
  passSubscriptionTime,
  deleteEnded,
  deleteKept,
  makeExport,
  expireExport,
  removeArchive,
  suspendElastic,
  tellOfArrears,
  syncRegistryJob,
  scanImage,
  scanNewImages,
  rematch,
  forgetImagesJob,
];
