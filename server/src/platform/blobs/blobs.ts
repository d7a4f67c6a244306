/**
 * Files that the service keeps outside the database, such as archives to be fetched. A key is a path of plain names
 * (`exports/100000000001/3-1.zip`), whose first says what kind of file it is.
 */
import type { Readable } from 'node:stream';

export interface Blobs {
  /** Keeps a file, whole or not at all; in place of one that had this key. */
  put(key: string, content: Readable): Promise<BlobFacts>;
  /** A part of a file, shorter at its end. Throws {@link BlobMissingError}. */
  read(key: string, part: { offset: number; length: number }): Promise<Buffer>;
  /** Takes a file away, and what a put that was killed has left of it; one that is not there is no error. */
  remove(key: string): Promise<void>;
}

export interface BlobFacts {
  sizeBytes: number;
  /** Hex. */
  sha256: string;
}

export class BlobMissingError extends Error {
  constructor(key: string) {
    super(`there is no file ${key}`);
    this.name = 'BlobMissingError';
  }
}
