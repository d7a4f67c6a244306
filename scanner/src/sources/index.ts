/** Where images come from: archives, folders, registries. */
export { openImage, type OpenImageOptions } from './open-image.ts';
export { openDirectory } from './directory.ts';
export { type DockerArchiveOptions, openDockerArchive } from './docker-archive.ts';
export { parseImageConfig } from './image-config.ts';
export { isImageConfig, openRegistryImage, type RegistryImageOptions } from './registry-image.ts';
export { parseRegistryReference, type RegistryReference } from './registry-reference.ts';
