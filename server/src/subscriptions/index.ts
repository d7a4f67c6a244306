export {
  imageScanEntitlements,
  mayScanImages,
  requireEdition,
  type ImageScanEntitlement,
} from './entitlements.ts';
export { subscriptionsExport } from './export-parts.ts';
export { installDeletionHooks, type DeletionHook } from './ends/deletion/deletion-hook.ts';
export { deleteEnvironment, deleteExports } from './ends/deletion/delete-own.ts';
export { deleteAtDestruction, deleteEnded, deleteKept, deleteTrialData } from './ends/deletion/start-deletion.ts';
export { requireNoDeletion } from './ends/deletion/while-deleting.ts';
export { removeArchive } from './ends/export/drop-exports.ts';
export { expireExport, installExportParts, makeExport } from './ends/export/make-export.ts';
export { createExportJob } from './actions/create-export-job.ts';
export { describeDeletionReports } from './actions/describe-deletion-reports.ts';
export { describeExportJobs } from './actions/describe-export-jobs.ts';
export { downloadExport } from './actions/download-export.ts';
export {
  autoRenewFailed,
  dataDeleted,
  destroyed,
  exportFinished,
  isolated,
  isolationNoticeDue,
  keptDataDeleted,
  purchased,
  reminderDue,
  renewed,
  stopped,
  trialDataExpired,
  trialEnded,
  trialEndsSoon,
  trialOpened,
  widened,
} from './events.ts';
export { setElasticCap } from './elastic-cap.ts';
export { paidForTerm } from './paid-for-term.ts';
export { dailyNotices } from './notice-days.ts';
export { readInstancePlaces, type InstancePlace } from './instance-places.ts';
export { licensedCoresAt } from './licensed-cores.ts';
export { packUsesAsked, refunded, refundRejected, refundRequested } from './refunds/events.ts';
export { closeWaitingRefunds } from './refunds/refund.ts';
export { recordEnvironmentCores, recordPackUse } from './refunds/refund-store.ts';
export { createRefundRequest } from './actions/create-refund-request.ts';
export { decideRefundAction } from './actions/decide-refund.ts';
export { describeRefundRequests } from './actions/describe-refund-requests.ts';
export { refundInstance } from './actions/refund-instance.ts';
export { stateAt, type LifeState } from './lifecycle.ts';
export { holdingsAt, quantityInForce, type Holdings, type Protection, type Subscription } from './subscription.ts';
export { automaticRenewal, buyStatus, isWorking, purchaseState } from './purchase-state.ts';
export { readTrial } from './store.ts';
export { readSubscriptions } from './subscription-store.ts';
export { trialState, type Trial } from './trial.ts';
export { warnOfTrialEnd } from './jobs/warn-of-trial-end.ts';
export { endTrial } from './jobs/end-trial.ts';
export { expireTrialData } from './jobs/expire-trial-data.ts';
export { passSubscriptionTime } from './jobs/pass-subscription-time.ts';
export { renewAfterCredit, renewAfterUnpark } from './auto-renew.ts';
export { deliverPaidDeals } from './deliver.ts';
export { returnCancelledPromotions, returnExpiredPromotions } from './order.ts';
export { createInstance } from './actions/create-instance.ts';
export { createOrder } from './actions/create-order.ts';
export { createRenewalOrder } from './actions/create-renewal-order.ts';
export { describeRenewInstances } from './actions/describe-renew-instances.ts';
export { describeSecLogVasInfo } from './actions/describe-sec-log-vas-info.ts';
export { inquirePrice } from './actions/inquire-price.ts';
export { openTcssTrial } from './actions/open-tcss-trial.ts';
export { renewInstance } from './actions/renew-instance.ts';
export { setRenewal } from './actions/set-renewal.ts';
