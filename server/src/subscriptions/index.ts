export { imageScanEntitlement, requireEdition, type ImageScanEntitlement } from './entitlements.ts';
export { trialEnded, trialOpened } from './events.ts';
export { endTrial } from './jobs/end-trial.ts';
export { describePurchaseStateInfo } from './actions/describe-purchase-state-info.ts';
export { openTcssTrial } from './actions/open-tcss-trial.ts';
