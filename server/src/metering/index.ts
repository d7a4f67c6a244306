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
export { describeImageAuthorizedInfo } from './actions/describe-image-authorized-info.ts';
export { describeImageScanUsage } from './actions/describe-image-scan-usage.ts';
