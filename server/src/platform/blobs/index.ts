export { BlobMissingError, type BlobFacts, type Blobs } from './blobs.ts';
export { openFolderBlobs } from './folder-blobs.ts';
