/** Blobs as files below a folder. Processes of one service on several machines need a store that all of them reach. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../error-line.ts';
import { BlobMissingError, type Blobs } from './blobs.ts';

/** Opens the blobs below a folder; nothing is made before the first put. Only the service's own account can read them. */
export function openFolderBlobs(folder: string): Blobs {
  return {
    async put(key, content) {
      const file = fileOf(folder, key);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const hash = createHash('sha256');
      let sizeBytes = 0;
      try {
        await pipeline(
          content,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              hash.update(chunk);
              sizeBytes += chunk.length;
              yield chunk;
            }
          },
          createWriteStream(partOf(file), { mode: 0o600, flush: true }),
        );
        await rename(partOf(file), file);
      } catch (error) {
        await rm(partOf(file), { force: true });
        throw error;
      }
      return { sizeBytes, sha256: hash.digest('hex') };
    },
    async read(key, { offset, length }) {
      const handle = await open(fileOf(folder, key)).catch((error: unknown) => {
        throw errorCode(error) === 'ENOENT' ? new BlobMissingError(key) : error;
      });
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    async remove(key) {
      const file = fileOf(folder, key);
      for (const path of [file, partOf(file)]) await rm(path, { force: true });
    },
  };
}

function fileOf(folder: string, key: string): string {
  if (!/^[a-z]+(\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/.test(key)) throw new RangeError(`${key} is no key of a blob`);
  return join(folder, key);
}

function partOf(file: string): string {
  return `${file}.part`;
}
