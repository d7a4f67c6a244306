export { meteringExport } from './export-parts.ts';
export { deleteUsage } from './delete-usage.ts';
export {
  giveBackImageScans,
  holdImageScanQuota,
  readImageScanQuota,
  reserveImageScan,
  settleImageScan,
  type ImageScanQuota,
  type Reservation,
} from './image-scan-quota.ts';
export { promisedTenths, scanCostTenths } from './scan-cost.ts';
export { tellPackUses } from './subscribers.ts';
export { describeImageAuthorizedInfo } from './actions/describe-image-authorized-info.ts';
export { describeImageScanUsage } from './actions/describe-image-scan-usage.ts';
export { describeProVersionInfo } from './actions/describe-pro-version-info.ts';
export { describePurchaseStateInfo } from './actions/describe-purchase-state-info.ts';
export { describeValueAddedSrvInfo } from './actions/describe-value-added-srv-info.ts';
export { createOrModifyPostPayCores } from './elastic/actions/create-or-modify-post-pay-cores.ts';
export { describePostPayDetail } from './elastic/actions/describe-post-pay-detail.ts';
export { describeUnauthorizedCoresTendency } from './elastic/actions/describe-unauthorized-cores-tendency.ts';
export { putSamples } from './elastic/actions/put-samples.ts';
export { advisePurchase } from './advice/purchase-advice.ts';
export { describeUsageAdvice } from './advice/actions/describe-usage-advice.ts';
export { describeElasticForecast } from './forecast/actions/describe-elastic-forecast.ts';
export { describeNextBill } from './forecast/actions/describe-next-bill.ts';
export { elasticArrearsNoticeDue, tellOfArrears } from './elastic/arrears.ts';
export { elasticCapExceeded } from './elastic/cap-exceeded.ts';
export { chargeDays } from './elastic/charge-day.ts';
export { recordSample, type CoreCount } from './elastic/counted-cores.ts';
export { elasticDebt, elasticResumed, elasticSuspended, resumeElastic, suspendElastic } from './elastic/debt.ts';
export { sampleHour } from './elastic/sample-hour.ts';
export { elasticCharges } from './elastic/charge-source.ts';
