export { scanningExport } from './export-parts.ts';
export { deleteScanning } from './delete-scanning.ts';
export { closeScanSandbox, scansAtOnce } from './scan-sandbox.ts';
export { startRematching } from './start-rematching.ts';
export { quotaShort } from './quota-short.ts';
export { forgetImagesJob } from './jobs/forget-images.ts';
export { rematch } from './jobs/rematch.ts';
export { scanImage } from './jobs/scan-image.ts';
export { scanNewImages } from './jobs/scan-new-images.ts';
export {
  countSyncedImages,
  forgetRemovedImages,
  scanSyncedImages,
  stopScansAtDestruction,
  stopScansAtIsolation,
  stopScansAtTrialEnd,
} from './subscribers.ts';
export { createAssetImageRegistryScanTask } from './actions/create-asset-image-registry-scan-task.ts';
export { createAssetImageRegistryScanTaskOneKey } from './actions/create-asset-image-registry-scan-task-one-key.ts';
export { describeAssetImageRegistryDetail } from './actions/describe-asset-image-registry-detail.ts';
export { describeAssetImageRegistryList } from './actions/describe-asset-image-registry-list.ts';
export { describeAssetImageRegistryRiskInfoList } from './actions/describe-asset-image-registry-risk-info-list.ts';
export { describeAssetImageRegistryScanStatusOneKey } from './actions/describe-asset-image-registry-scan-status-one-key.ts';
export { describeAssetImageRegistrySummary } from './actions/describe-asset-image-registry-summary.ts';
export { describeAssetImageRegistryVirusList } from './actions/describe-asset-image-registry-virus-list.ts';
export { describeAssetImageRegistryVulList } from './actions/describe-asset-image-registry-vul-list.ts';
export { describePurchaseAdvice } from './actions/describe-purchase-advice.ts';
export { describeVulRegistryImageList } from './actions/describe-vul-registry-image-list.ts';
export { modifyAssetImageRegistryScanStop } from './actions/modify-asset-image-registry-scan-stop.ts';
export { modifyAssetImageRegistryScanStopOneKey } from './actions/modify-asset-image-registry-scan-stop-one-key.ts';
