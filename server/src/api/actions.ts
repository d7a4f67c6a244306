/** Everything that the service can do, as a table of contents. A new action takes one file in its domain and one line here. */
import {
  createAccountAction,
  createAccountKey,
  createOperatorKeyAction,
  describeAccountKeys,
  describeAccounts,
  modifyAccountKey,
  verifyAccount,
} from '../accounts/index.ts';
import { describeAdvisorySources, importAdvisories } from '../advisories/index.ts';
import {
  addAssetImageRegistryRegistryDetail,
  checkRepeatAssetImageRegistry,
  describeAssetImageRegistryAssetStatus,
  describeAssetImageRegistryRegistryDetail,
  describeAssetImageRegistryRegistryList,
  describeImageRegistryNamespaceList,
  removeAssetImageRegistryRegistryDetail,
  syncAssetImageRegistryAsset,
  updateAssetImageRegistryRegistryDetail,
} from '../assets/index.ts';
import {
  cancelOrder,
  closeMonthAction,
  createTopUpAction,
  describeAccountBalance,
  describeAccountWarning,
  describeBillDetail,
  describeBillList,
  describeBillSummary,
  describeDealsByCond,
  describeParkedAccounts,
  describeMonthCloses,
  describeTopUps,
  describeVoucherInfo,
  explainAccountBill,
  explainBillAction,
  exportAccountBills,
  exportBillAction,
  exportBillsAction,
  grantVoucherAction,
  modifyAccountWarning,
  parkBillingAction,
  payDeals,
  topUpAccount,
  unparkBillingAction,
} from '../billing/index.ts';
import {
  describeAbTestConfig,
  describeCatalog,
  describePromotionActivity,
  publishCatalogAction,
} from '../catalog/index.ts';
import {
  createOrModifyPostPayCores,
  describeElasticForecast,
  describeImageAuthorizedInfo,
  describeImageScanUsage,
  describeNextBill,
  describePostPayDetail,
  describeProVersionInfo,
  describePurchaseStateInfo,
  describeUnauthorizedCoresTendency,
  describeUsageAdvice,
  describeValueAddedSrvInfo,
  elasticCharges,
  putSamples,
} from '../metering/index.ts';
import type { AnyAction } from '../platform/action.ts';
import { describeAuditLog } from '../platform/audit/actions/describe-audit-log.ts';
import { verifyAuditLog } from '../platform/audit/actions/verify-audit-log.ts';
import { advanceTestClockAction } from '../platform/clock/advance-test-clock.ts';
import { describeFailedJobs } from '../platform/jobs/actions/describe-failed-jobs.ts';
import { rerunFailedJobAction } from '../platform/jobs/actions/rerun-failed-job.ts';
import { rotateMasterKey } from '../platform/secrets/rotate-master-key.ts';
import {
  createAssetImageRegistryScanTask,
  createAssetImageRegistryScanTaskOneKey,
  describeAssetImageRegistryDetail,
  describeAssetImageRegistryList,
  describeAssetImageRegistryRiskInfoList,
  describeAssetImageRegistryScanStatusOneKey,
  describeAssetImageRegistrySummary,
  describeAssetImageRegistryVirusList,
  describeAssetImageRegistryVulList,
  describePurchaseAdvice,
  describeVulRegistryImageList,
  modifyAssetImageRegistryScanStop,
  modifyAssetImageRegistryScanStopOneKey,
} from '../scanning/index.ts';
import {
  createExportJob,
  createInstance,
  createOrder,
  createRefundRequest,
  createRenewalOrder,
  decideRefundAction,
  describeDeletionReports,
  describeExportJobs,
  describeRefundRequests,
  describeRenewInstances,
  describeSecLogVasInfo,
  downloadExport,
  inquirePrice,
  openTcssTrial,
  refundInstance,
  renewInstance,
  setRenewal,
} from '../subscriptions/index.ts';

/** `tcss/2020-11-01`; each is held against the official SDK's types by `sdk-types.spec.ts`. */
export const tcssActions = [
  // A: purchase, trial, licence, overview
  openTcssTrial,
  createOrModifyPostPayCores,
  describePostPayDetail,
  describeUnauthorizedCoresTendency,
  describePurchaseStateInfo,
  describeProVersionInfo,
  describeSecLogVasInfo,
  describeValueAddedSrvInfo,
  describePromotionActivity,
  describeAbTestConfig,
  // B: scan quota
  describeImageAuthorizedInfo,
  // D: registry images
  addAssetImageRegistryRegistryDetail,
  updateAssetImageRegistryRegistryDetail,
  removeAssetImageRegistryRegistryDetail,
  checkRepeatAssetImageRegistry,
  describeAssetImageRegistryRegistryList,
  describeAssetImageRegistryRegistryDetail,
  syncAssetImageRegistryAsset,
  describeAssetImageRegistryAssetStatus,
  describeImageRegistryNamespaceList,
  describeAssetImageRegistryList,
  describeAssetImageRegistryDetail,
  describeAssetImageRegistrySummary,
  createAssetImageRegistryScanTaskOneKey,
  describeAssetImageRegistryScanStatusOneKey,
  modifyAssetImageRegistryScanStopOneKey,
  createAssetImageRegistryScanTask,
  modifyAssetImageRegistryScanStop,
  describeAssetImageRegistryVulList,
  describeAssetImageRegistryVirusList,
  describeAssetImageRegistryRiskInfoList,
  describeVulRegistryImageList,
] as const satisfies readonly AnyAction[];

/** `billing/2018-07-09`; held against the official billing SDK's types in the same way. */
export const billingActions = [
  // orders
  createInstance,
  payDeals,
  describeDealsByCond,
  // renewals
  renewInstance,
  setRenewal,
  describeRenewInstances,
  refundInstance,
  // balance
  describeAccountBalance,
  describeAccountWarning,
  modifyAccountWarning,
  describeVoucherInfo,
  // bills
  describeBillList,
  describeBillSummary,
  describeBillDetail,
] as const satisfies readonly AnyAction[];

/** `wharfinger/2026-11-01`: what the contract's API does not have. */
export const ownActions = [
  describeImageScanUsage,
  describePurchaseAdvice,
  inquirePrice,
  createOrder,
  createRenewalOrder,
  cancelOrder,
  createRefundRequest,
  explainBillAction,
  describeNextBill,
  describeElasticForecast,
  describeUsageAdvice,
  createExportJob,
  describeExportJobs,
  downloadExport,
  describeDeletionReports,
  exportBillAction,
  exportBillsAction,
  createTopUpAction,
  describeTopUps,
  // for the operator
  createAccountAction,
  verifyAccount,
  describeAccounts,
  createAccountKey,
  modifyAccountKey,
  describeAccountKeys,
  createOperatorKeyAction,
  topUpAccount,
  grantVoucherAction,
  explainAccountBill,
  exportAccountBills,
  closeMonthAction([elasticCharges]),
  describeMonthCloses,
  decideRefundAction,
  describeRefundRequests,
  advanceTestClockAction,
  putSamples,
  rotateMasterKey,
  importAdvisories,
  describeAdvisorySources,
  describeCatalog,
  publishCatalogAction,
  describeAuditLog,
  verifyAuditLog,
  parkBillingAction,
  unparkBillingAction,
  describeParkedAccounts,
  describeFailedJobs,
  rerunFailedJobAction,
] as const satisfies readonly AnyAction[];

export const actions: readonly AnyAction[] = [...tcssActions, ...billingActions, ...ownActions];
