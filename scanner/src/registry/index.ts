export { isDigest, isRepository, isTag } from './names.ts';
export { manifestTypes, type Descriptor, type ImageManifest } from './manifest.ts';
export { parseRegistryAddress, type RegistryAddress } from './registry-address.ts';
export {
  createRegistryClient,
  registryLimits,
  type BlobOptions,
  type RegistryClient,
  type RegistryClientOptions,
  type ResolvedImage,
} from './registry-client.ts';
