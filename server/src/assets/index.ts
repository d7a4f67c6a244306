export { assetsExport } from './export-parts.ts';
export { registryImagesRemoved, registryRemoved, registrySynced } from './events.ts';
export { deleteAssets } from './delete-assets.ts';
export { setImageAtRisk, setImagesSafe } from './image-store.ts';
export { openRegistryOf } from './open-registry.ts';
export {
  listRegistryImageIds,
  listRegistryImages,
  readRegistryImage,
  type RegistryImage,
  type RegistryImageFilters,
  type RegistryImageOrder,
  type RegistryImageQuery,
  type RegistryImageText,
} from './registry-images.ts';
export { syncRegistryJob } from './jobs/sync-registry.ts';
export { addAssetImageRegistryRegistryDetail } from './actions/add-asset-image-registry-registry-detail.ts';
export { checkRepeatAssetImageRegistry } from './actions/check-repeat-asset-image-registry.ts';
export { describeAssetImageRegistryAssetStatus } from './actions/describe-asset-image-registry-asset-status.ts';
export { describeAssetImageRegistryRegistryDetail } from './actions/describe-asset-image-registry-registry-detail.ts';
export { describeAssetImageRegistryRegistryList } from './actions/describe-asset-image-registry-registry-list.ts';
export { describeImageRegistryNamespaceList } from './actions/describe-image-registry-namespace-list.ts';
export { removeAssetImageRegistryRegistryDetail } from './actions/remove-asset-image-registry-registry-detail.ts';
export { syncAssetImageRegistryAsset } from './actions/sync-asset-image-registry-asset.ts';
export { updateAssetImageRegistryRegistryDetail } from './actions/update-asset-image-registry-registry-detail.ts';
