/** Looks for malware in archives that stand in the image: zip and jar, tar, gzip and zstd, also in each other. */
import { Budget, BudgetExceeded } from '../budget.ts';
import { InflateFailed, inflateWhole } from '../inflate-engine.ts';
import { type ByteSource, PackageUnreadable } from '../packages/extractor.ts';
import { memoryOf, openEntry, readDirectory } from '../packages/java/zip.ts';
import { type ArchiveKind, archiveKind } from './archive-kind.ts';
import { type ByteSupply, BytesSupply } from './byte-supply.ts';
import type { ByteWindow } from './byte-window.ts';
import { contentOf, FileTooLarge, Scratch } from './entry-content.ts';
import { headOf } from './find-secrets.ts';
import { Inflate } from './inflate.ts';
import { LayerProblem } from './layer-problem.ts';
import type { Wish } from './malware-search.ts';
import { MeteredSupply } from './metered-supply.ts';
import { normalPath } from './normal-path.ts';
import { blockBytes } from './tar-header.ts';
import { TarWalk } from './tar-walk.ts';

/** Archives in each other: what stands in the innermost is looked at, archives in it are told. */
const mostDepth = 3;
/** What has to be unpacked in memory; the malware rules see no more at once either. */
const mostMemberBytes = 32 * 1024 * 1024;
/** Below this a compressed file is unpacked at once, and only then it is looked at what it is. */
const smallBytes = 1024 * 1024;
/** Of all that stands in one file of the image. */
const mostBytes = 4 * 1024 ** 3;
const mostEntries = 200_000;
/** Of a name in an archive: three of them and that of the file stay below what a result may hold. */
const longestName = 1000;

export interface MemberSink {
  /** Why a file is asked about, if at all; without its beginning: whether it may be. */
  wants(path: string, sizeBytes: number, head?: Uint8Array): Wish;
  take(inside: string, content: ByteSource, wish: Wish): void;
}

export interface ArchiveOptions {
  /** Of the file in the image. */
  path: string;
  budget: Budget;
  sink: MemberSink;
  /** What could not be read, in one line, and of which archive. */
  tell: (message: string, path: string) => void;
}

/**
 * Looks at everything that stands in an archive. What cannot be read, or is too much, is told; false where it turned out to
 * be no archive at all. Throws `BudgetExceeded` only where the whole scan has run out of something.
 */
export function searchArchive(content: ByteSource, kind: ArchiveKind, options: ArchiveOptions): boolean {
  const { budget } = options;
  const left = budget.left();
  const own = new Budget({
    ...left,
    bytes: Math.min(left.bytes, mostBytes),
    entries: Math.min(left.entries, mostEntries),
  });
  const search = new Search(options, own, content.sizeBytes);
  const isArchive = search.look(options.path, content, kind, 1);
  budget.take({ bytes: own.bytes, entries: search.entries, indexBytes: 0 });
  budget.checkTime();
  return isArchive;
}

class Search {
  entries = 0;
  readonly #options: ArchiveOptions;
  readonly #budget: Budget;
  readonly #storedBytes: number;
  /** Something of the archive that is looked at could be read. */
  #opened = false;

  constructor(options: ArchiveOptions, budget: Budget, storedBytes: number) {
    this.#options = options;
    this.#budget = budget;
    this.#storedBytes = storedBytes;
  }

  /** False where it only begins like an archive. */
  look(path: string, content: ByteSource, kind: ArchiveKind, depth: number): boolean {
    if (depth > mostDepth) {
      this.#options.tell(`archives more than ${mostDepth} deep in each other`, path);
      return true;
    }
    const around = this.#opened;
    this.#opened = false;
    this.#attempt(path, () => {
      if (kind === 'zip') this.#zip(path, content, depth);
      else if (kind === 'tar') this.#tar(path, this.#metered(new ContentSupply(content)), content.sizeBytes, depth);
      else this.#compressed(path, content, kind, depth);
    });
    const opened = this.#opened;
    this.#opened = opened || around;
    return opened;
  }

  #zip(path: string, content: ByteSource, depth: number): void {
    const { sink } = this.#options;
    const takeBytes = (count: number) => this.#budget.takeBytes(count);
    for (const entry of readDirectory(content, (name) => !name.endsWith('/'), takeBytes)) {
      this.#opened = true;
      this.#takeEntry();
      const inside = insidePath(path, entry.name);
      // What the directory says of its size may be a lie; what is stored has to be there.
      if (sink.wants(inside, Math.max(entry.sizeBytes, entry.storedBytes)) === undefined) continue;
      this.#attempt(inside, () => {
        const member = openEntry(content, entry, mostMemberBytes);
        this.#budget.takeBytes(member.sizeBytes);
        this.#member(inside, member, depth);
      });
    }
    this.#opened = true;
  }

  /** A tar archive that is cut is seen to where it is cut: there is no more of it. */
  #tar(path: string, supply: ByteSupply, sizeBytes: number, depth: number): void {
    try {
      this.#walk(path, new TarWalk(supply), sizeBytes, depth);
    } catch (error) {
      if (!(error instanceof LayerProblem) || error.code !== 'layer-truncated' || !this.#opened) throw error;
    }
  }

  #walk(path: string, walk: TarWalk, endAt: number, depth: number): void {
    const scratch = new Scratch(Math.floor(this.#budget.limits.memoryBytes / 16));
    while (walk.next()) {
      this.#opened = true;
      this.#takeEntry();
      if (walk.kind !== 'file' || walk.sizeBytes === 0) continue;
      const inside = insidePath(path, walk.name ?? '');
      const content = upTo(endAt - walk.window.position, contentOf(walk, scratch));
      this.#attempt(inside, () => this.#member(inside, content, depth));
    }
  }

  /** One file, or a tar archive: only the bytes inside tell. */
  #compressed(path: string, content: ByteSource, kind: 'gzip' | 'zstd', depth: number): void {
    // Nothing else begins so. What was unpacked before an error is lost to us, but not to who unpacks it elsewhere.
    this.#opened = true;
    const small = content.sizeBytes > smallBytes ? undefined : this.#inflated(content, kind);
    if (small !== undefined) {
      this.#budget.takeBytes(small.length);
      if (archiveKind(small) === 'tar') this.#tar(path, new BytesSupply(small), small.length, depth);
      else this.#member(unpackedName(path), memoryOf(small), depth);
      return;
    }
    const inflate = new Inflate(new ContentSupply(content), kind, this.#budget);
    try {
      const walk = new TarWalk(this.#metered(inflate));
      const { window } = walk;
      window.need(blockBytes);
      const isTar = archiveKind(window.buffer.subarray(window.start, window.end)) === 'tar';
      if (isTar) this.#walk(path, walk, Number.POSITIVE_INFINITY, depth);
      else this.#member(unpackedName(path), memoryOf(this.#rest(window, path)), depth);
    } finally {
      inflate.close();
    }
  }

  #inflated(content: ByteSource, kind: 'gzip' | 'zstd'): Uint8Array | undefined {
    try {
      return inflateWhole(content.read(0, content.sizeBytes), kind, mostMemberBytes);
    } catch (error) {
      // Piece by piece it shows how far it goes.
      if (error instanceof InflateFailed) return undefined;
      throw error;
    }
  }

  /** Nobody says how long it is: what is too much of it is left. */
  #rest(window: ByteWindow, path: string): Uint8Array {
    const scratch = new Scratch(mostMemberBytes);
    let length = 0;
    for (let count = -1; count !== 0 && length < mostMemberBytes; length += count) {
      scratch.reserve(Math.min(mostMemberBytes, length + blockBytes), length);
      count = window.take(scratch.bytes, length, scratch.bytes.length - length);
    }
    if (length === mostMemberBytes) this.#options.tell(`only its first ${length} bytes were looked at`, path);
    return scratch.bytes.subarray(0, length);
  }

  #member(inside: string, content: ByteSource, depth: number): void {
    if (content.sizeBytes === 0) return;
    this.#budget.checkRatio(this.#storedBytes, this.#budget.bytes);
    const { sink, path } = this.#options;
    const head = headOf(content);
    const kind = archiveKind(head);
    const name = inside.slice(path.length + 2);
    const wish = sink.wants(inside, content.sizeBytes, head);
    if (wish !== undefined) sink.take(name, content, wish);
    const isArchive = kind !== undefined && this.look(inside, content, kind, depth + 1);
    if (kind !== undefined && !isArchive && wish !== 'rules') sink.take(name, content, 'rules');
    this.#budget.checkTime();
  }

  #metered(supply: ByteSupply): MeteredSupply {
    return new MeteredSupply(supply, this.#budget, false);
  }

  #takeEntry(): void {
    this.entries += 1;
    this.#budget.takeEntry();
  }

  /** What fails in one archive or member leaves the others; what is too much ends the whole file. */
  #attempt(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      const isOurs =
        error instanceof LayerProblem ||
        error instanceof PackageUnreadable ||
        error instanceof FileTooLarge ||
        error instanceof BudgetExceeded;
      if (!isOurs) throw error;
      if (error instanceof BudgetExceeded && path !== this.#options.path) throw error;
      // Where something was too much, something was there.
      if (error instanceof BudgetExceeded) this.#opened = true;
      if (this.#opened) this.#options.tell(error.message, path);
    }
  }
}

function upTo(length: number, content: ByteSource): ByteSource {
  if (content.sizeBytes <= length) return content;
  return { sizeBytes: length, read: (offset, count) => content.read(offset, Math.min(count, length - offset)) };
}

/** Bytes of a file in the image one after the other, from its beginning. */
class ContentSupply implements ByteSupply {
  readonly #content: ByteSource;
  #position = 0;

  constructor(content: ByteSource) {
    this.#content = content;
  }

  read(target: Buffer, at: number, length: number): number {
    const bytes = this.#content.read(this.#position, Math.min(length, 64 * 1024));
    target.set(bytes, at);
    this.#position += bytes.length;
    return bytes.length;
  }
}

/** `/opt/a.zip!/b/c.sh`, as Java writes it. Where a name leads out of the archive, it is told as it is. */
function insidePath(archive: string, name: string): string {
  const path = normalPath(name) ?? name.replaceAll('\0', '');
  return `${archive}!/${path.toWellFormed()}`.slice(0, archive.length + 2 + longestName).toWellFormed();
}

/** `a.sh.gz` holds `a.sh`; what has no such name, itself. */
function unpackedName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `${path}!/${name.replace(/\.(?:gz|tgz|zst|svgz)$/i, '') || name}`;
}
