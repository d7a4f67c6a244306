/** All background jobs. */
import { syncRegistryJob } from '../assets/index.ts';
import { expireDeal, lookAfterTopUp } from '../billing/index.ts';
import { suspendElastic } from '../metering/index.ts';
import type { Job } from '../platform/jobs/index.ts';
import { forgetImagesJob, rematch, scanImage, scanNewImages } from '../scanning/index.ts';
import { endTrial, expireTrialData, passSubscriptionTime } from '../subscriptions/index.ts';

export const jobs: readonly Job[] = [
  expireDeal,
  lookAfterTopUp,
  endTrial,
  expireTrialData,
  passSubscriptionTime,
  suspendElastic,
  syncRegistryJob,
  scanImage,
  scanNewImages,
  rematch,
  forgetImagesJob,
];
