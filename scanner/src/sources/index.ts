/** Where images come from: archives, folders, registries. */
export { dockerCredentials } from './docker-credentials.ts';
export { openImage, type OpenImageOptions, splitKind, type TargetKind, targetKinds } from './open-image.ts';
export { openDirectory } from './directory.ts';
export { parseImageConfig } from './image-config.ts';
export { isImageConfig, openRegistryImage, type RegistryImageOptions } from './registry-image.ts';
export { parseRegistryReference, type RegistryReference } from './registry-reference.ts';
