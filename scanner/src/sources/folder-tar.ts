import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import type { BudgetLimits } from '../budget.ts';
import type { Reason } from '../model.ts';
import { ReasonList } from '../reading/reason-list.ts';
import { tarEnd, tarHeader, tarPadding } from './tar-writer.ts';

export interface FolderTarOptions {
  /** Whether the content of a file is wanted; what is not is left out. */
  wants(path: string, entry: { sizeBytes: number; mode: number }): boolean;
  limits: Pick<BudgetLimits, 'depth' | 'entries'>;
}

/** Folders of a running system that hold no files of an image, when the root is one. */
const kernelFolders: ReadonlySet<string> = new Set(['proc', 'sys', 'dev', 'run']);

const chunkBytes = 256 * 1024;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

/**
 * An unpacked root file system as a tar stream. Links are told, never followed: each folder is opened by its name inside the
 * folder above, which cannot lead out of the root whatever is moved about meanwhile. Devices, sockets and pipes are not
 * opened, other file systems not entered. `reasons` say, after the end, what could not be read.
 */
export class FolderTar {
  readonly #root: string;
  readonly #options: FolderTarOptions;
  readonly #reasons = new ReasonList();
  readonly #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #device = 0;
  #signal: AbortSignal | undefined;
  #entries = 0;

  constructor(root: string, options: FolderTarOptions) {
    this.#root = root;
    this.#options = options;
  }

  get reasons(): Reason[] {
    return this.#reasons.finish();
  }

  async *stream(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#signal = signal;
    // The root itself may be reached through a link: the user named it.
    const fd = openSync(this.#root, O_RDONLY | O_DIRECTORY);
    this.#device = fstatSync(fd).dev;
    yield* this.#folder(fd, Buffer.from(this.#root), Buffer.alloc(0), 0);
    yield tarEnd;
  }

  /** Closes `fd`. `path` is where the folder is in the image, with a slash behind; empty for the root. */
  async *#folder(fd: number, place: Buffer, path: Buffer, depth: number): AsyncGenerator<Uint8Array> {
    try {
      const here = folderByDescriptor(fd) ?? place;
      for (const entry of sorted(readdirSync(here, { withFileTypes: true, encoding: 'buffer' }))) {
        this.#signal?.throwIfAborted();
        this.#entries += 1;
        if (this.#entries > this.#options.limits.entries) {
          this.#reasons.add('budget-entries', `more than ${this.#options.limits.entries} entries`);
          return;
        }
        yield* this.#entry(
          Buffer.concat([here, Buffer.from('/'), entry.name]),
          Buffer.concat([path, entry.name]),
          depth,
        );
      }
    } finally {
      closeSync(fd);
    }
  }

  async *#entry(place: Buffer, path: Buffer, depth: number): AsyncGenerator<Uint8Array> {
    const stats = this.#attempt(path, () => lstatSync(place));
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) yield* this.#link(place, path);
    else if (stats.isFile()) yield* this.#file(place, path, stats);
    else if (stats.isDirectory()) yield* this.#inside(place, path, stats, depth);
  }

  async *#inside(place: Buffer, path: Buffer, stats: Stats, depth: number): AsyncGenerator<Uint8Array> {
    if (stats.dev !== this.#device) {
      if (!kernelFolders.has(path.toString('utf8'))) {
        this.#reasons.add('path-refused', 'another file system is mounted here: not entered', path.toString('utf8'));
      }
      return;
    }
    if (depth >= this.#options.limits.depth) {
      this.#reasons.add('budget-depth', `more than ${this.#options.limits.depth} folders above each other`);
      return;
    }
    const fd = this.#attempt(path, () => openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (fd === undefined) return;
    yield tarHeader({ path, type: 'folder', sizeBytes: 0, mode: stats.mode });
    yield* this.#folder(fd, place, Buffer.concat([path, Buffer.from('/')]), depth + 1);
  }

  async *#link(place: Buffer, path: Buffer): AsyncGenerator<Uint8Array> {
    const target = this.#attempt(path, () => readlinkSync(place, { encoding: 'buffer' }));
    if (target !== undefined) yield tarHeader({ path, type: 'symlink', sizeBytes: 0, mode: 0o777, target });
  }

  async *#file(place: Buffer, path: Buffer, seen: Stats): AsyncGenerator<Uint8Array> {
    if (!this.#options.wants(path.toString('utf8'), { sizeBytes: seen.size, mode: seen.mode })) return;
    const fd = this.#attempt(path, () => openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (fd === undefined) return;
    try {
      const stats = fstatSync(fd);
      // Something else was put in its place since.
      if (!stats.isFile()) return;
      yield tarHeader({ path, type: 'file', sizeBytes: stats.size, mode: stats.mode });
      yield* this.#content(fd, path, stats.size);
      yield tarPadding(stats.size);
    } finally {
      closeSync(fd);
    }
  }

  /** As many bytes as the header promised, whatever becomes of the file meanwhile. */
  async *#content(fd: number, path: Buffer, sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let done = 0; done < sizeBytes; ) {
      const length = Math.min(this.#chunk.length, sizeBytes - done);
      const count = this.#attempt(path, () => readSync(fd, this.#chunk, 0, length, done)) ?? 0;
      if (count === 0) this.#chunk.fill(0, 0, length);
      const taken = count === 0 ? length : count;
      // The receiver may hold a chunk while the next is read.
      yield Buffer.from(this.#chunk.subarray(0, taken));
      done += taken;
      this.#signal?.throwIfAborted();
    }
  }

  /** What is gone since the folder was listed is no loss; all else is told. */
  #attempt<Value>(path: Buffer, action: () => Value): Value | undefined {
    try {
      return action();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code !== 'ENOENT') this.#reasons.add('path-refused', `cannot be read (${code})`, path.toString('utf8'));
      return undefined;
    }
  }
}

const descriptors = existsSync('/proc/self/fd') ? '/proc/self/fd' : undefined;

/** Linux: a path that leads to this very folder. */
function folderByDescriptor(fd: number): Buffer | undefined {
  return descriptors === undefined ? undefined : Buffer.from(`${descriptors}/${fd}`);
}

function sorted(entries: Dirent<Buffer>[]): Dirent<Buffer>[] {
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}
