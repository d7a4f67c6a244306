/** Who hears which event, in the order in which they run. */
import { tellOfParks } from '../billing/index.ts';
import { resumeElastic, tellPackUses } from '../metering/index.ts';
import type { Subscriber } from '../platform/events/index.ts';
import {
  countSyncedImages,
  forgetRemovedImages,
  scanSyncedImages,
  stopScansAtDestruction,
  stopScansAtIsolation,
  stopScansAtTrialEnd,
} from '../scanning/index.ts';
import {
  closeWaitingRefunds,
  deleteAtDestruction,
  deleteTrialData,
  deliverPaidDeals,
  renewAfterCredit,
  renewAfterUnpark,
  returnCancelledPromotions,
  returnExpiredPromotions,
} from '../subscriptions/index.ts';

export const subscribers: readonly Subscriber[] = [
  deliverPaidDeals,
  renewAfterCredit,
  renewAfterUnpark,
  tellOfParks,
  resumeElastic,
  returnExpiredPromotions,
  returnCancelledPromotions,
  tellPackUses,
  closeWaitingRefunds,
  stopScansAtTrialEnd,
  stopScansAtIsolation,
  stopScansAtDestruction,
  deleteAtDestruction,
  deleteTrialData,
  forgetRemovedImages,
  countSyncedImages,
  scanSyncedImages,
];
