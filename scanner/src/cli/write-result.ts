/** Where a report goes: standard output, or a file that is there as a whole or not at all. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file under another name beside it and renames it: who reads meanwhile sees the old report or the new one. A
 * link stays one. What is no plain file (a pipe, a device) is written to as it is.
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const present = await stat(target).catch(() => undefined);
  if (present !== undefined && !present.isFile()) {
    const file = await open(target, 'w');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return;
  }
  const fresh = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    const file = await open(fresh, 'wx', present?.mode ?? 0o666);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Writes all of it. A reader that has gone (`… | head`) is no error: it has seen what it wanted. */
export async function writeToStream(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (!error || ('code' in error && error.code === 'EPIPE')) resolve();
      else reject(error);
    };
    // The listener stays: the event comes after the callback, and without one it would end the process.
    stream.once('error', done);
    stream.write(text, (error) => {
      if (!error) stream.removeListener('error', done);
      done(error);
    });
  });
}
