/** Images to test with: a builder, and images whose every package is known. */
export {
  type BuiltImage,
  buildImage,
  type ImageDescription,
  type LayerDescription,
} from '../../../server/src/service/demo/build-image.ts';
export { type PublishedImage, startImageRegistry } from '../../../server/src/service/demo/image-registry.ts';
export {
  eicarTestString,
  fakeAwsKeyId,
  fakeGitHubToken,
  fakePrivateKey,
} from '../../../server/src/service/demo/planted-samples.ts';
export { type TarEntry, tarArchive } from '../../../server/src/service/demo/tar-archive.ts';
export { dockerArchive, ociArchive } from './docker-archive.ts';
export { goProgram } from './go-binary.ts';
export {
  cleanImage,
  oldAlpineImage,
  oldDebianImage,
  oldGoImage,
  oldNodeImage,
  oldPythonImage,
  plantedImage,
} from './known-images.ts';
export { alpineRoot, debianRoot, npmPackage, pythonEgg, pythonPackage } from './package-metadata.ts';
