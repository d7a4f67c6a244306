import { ByteWindow, windowBytes } from './byte-window.ts';
import type { ByteSupply } from './byte-supply.ts';
import { LayerProblem } from './layer-problem.ts';
import { type PaxRecords, readPaxRecords, sparseNameOf } from './pax-records.ts';
import {
  blockBytes,
  checkHeader,
  isZeroBlock,
  isZeroField,
  readName,
  readNumber,
  readTextField,
} from './tar-header.ts';

export type TarEntryKind = 'file' | 'folder' | 'symlink' | 'hardlink' | 'other';

/** Longer extended headers are not read; Linux itself allows 64 KiB of attributes for a file. */
const mostExtendedBytes = windowBytes - blockBytes;

/**
 * Walks a tar archive entry by entry. The fields describe the entry that `next` found; its content begins where the window
 * stands and may be read or left. Understands POSIX ustar and pax, GNU (long names, base-256 sizes, sparse) and old tar.
 *
 * Where archives can be understood in several ways it sees what a container sees: containerd, Docker and Podman unpack with
 * Go's `archive/tar`. Two empty blocks end the archive whatever stands behind them, global extended headers say nothing of
 * any entry, of two names GNU's counts. What Go refuses, so that no container can be made of it, may be read here.
 */
export class TarWalk {
  readonly window: ByteWindow;
  /** As the archive has it, not normalised; undefined where its extended header was too large to be read. */
  name: string | undefined = '';
  kind: TarEntryKind = 'file';
  mode = 0;
  /** Whether it belongs to root. */
  ofRoot = false;
  /** Bytes of content that are stored. */
  sizeBytes = 0;
  linkName = '';
  /** The content is stored in pieces: its offsets are not those of the file. */
  sparse = false;
  /** The marker at the end of the archive was seen. */
  ended = false;
  /** Where the content ends; what is missing of the padding behind it nobody misses. */
  #contentEnd = 0;

  constructor(supply: ByteSupply) {
    this.window = new ByteWindow(supply);
  }

  /** Goes to the next entry; false at the end. Throws `LayerProblem` where the archive is cut off or broken. */
  next(): boolean {
    this.#skipContent();
    let pax: PaxRecords = {};
    let gnuName = '';
    let gnuLink = '';
    let tooLarge = false;
    let described = false;
    for (;;) {
      if (!this.#toHeader()) {
        if (described) throw new LayerProblem('layer-truncated', 'the archive ends where an entry should begin');
        return false;
      }
      const { window } = this;
      const type = window.buffer[window.start + 156] ?? 0;
      const isGlobal = type === 0x67;
      const isPax = type === 0x78;
      if (!isGlobal && !isPax && type !== 0x4c && type !== 0x4b) {
        this.#takeEntry(type, pax, gnuName, gnuLink, tooLarge);
        return true;
      }
      const size = readNumber(window.buffer, window.start + 124, 12);
      const end = window.position + blockBytes + padded(size);
      window.skip(blockBytes);
      described = !isGlobal;
      if (isGlobal) {
        // It is an entry of its own: what was said before is said of it.
        [pax, gnuName, gnuLink, tooLarge] = [{}, '', '', false];
      } else if (size > mostExtendedBytes) tooLarge = true;
      else {
        if (window.need(size) < size) throw truncated();
        if (isPax) pax = readPaxRecords(window.buffer, window.start, window.start + size);
        else if (type === 0x4c) gnuName = readTextField(window.buffer, window.start, size);
        else gnuLink = readTextField(window.buffer, window.start, size);
      }
      this.#skipTo(end);
    }
  }

  /** Reads on to where the supply ends, for the digest of it all: archives are padded behind their end. */
  drain(): void {
    while (this.window.need(1) > 0) this.window.skip(windowBytes);
  }

  #takeEntry(type: number, pax: PaxRecords, gnuName: string, gnuLink: string, tooLarge: boolean): void {
    const { window } = this;
    const { buffer, start } = window;
    const name = gnuName || pax.path || readName(buffer, start);
    this.kind = kindOf(type, name);
    const sparseName = type === 0x53 ? '' : sparseNameOf(pax);
    this.name = tooLarge ? undefined : sparseName || name;
    this.mode = readNumber(buffer, start + 100, 8);
    this.ofRoot = pax.owner === undefined ? isZeroField(buffer, start + 108, 8) : /^0+$/.test(pax.owner);
    // The header's own size need not be a number where the extended one counts.
    const stored = pax.size ?? readNumber(buffer, start + 124, 12);
    // Links, folders and devices have no content, whatever the header says: so do all who unpack.
    this.sizeBytes = this.kind === 'file' ? stored : 0;
    const isLink = this.kind === 'symlink' || this.kind === 'hardlink';
    this.linkName = isLink ? gnuLink || pax.linkPath || readTextField(buffer, start + 157, 100) : '';
    this.sparse = pax.sparse === true || type === 0x53;
    const oldSparse = type === 0x53 && buffer[start + 482] !== 0;
    window.skip(blockBytes);
    if (oldSparse) this.#skipSparseMap();
    this.#contentEnd = window.position + this.sizeBytes;
  }

  /** GNU's old sparse files have more blocks with their map between header and content. */
  #skipSparseMap(): void {
    for (;;) {
      if (this.window.need(blockBytes) < blockBytes) throw truncated();
      const more = this.window.buffer[this.window.start + 504] !== 0;
      this.window.skip(blockBytes);
      if (!more) return;
    }
  }

  /** Whether a header stands at the window's start. Two empty blocks end an archive, and so does the end of the bytes. */
  #toHeader(): boolean {
    const { window } = this;
    if (this.ended) return false;
    for (let zeroBlocks = 0; zeroBlocks < 2; zeroBlocks += 1) {
      const available = window.need(blockBytes);
      if (available === 0) return false;
      if (available < blockBytes) throw truncated();
      if (!isZeroBlock(window.buffer, window.start)) {
        checkHeader(window.buffer, window.start);
        return true;
      }
      window.skip(blockBytes);
    }
    this.ended = true;
    return false;
  }

  #skipContent(): void {
    const { window } = this;
    const distance = padded(this.#contentEnd) - window.position;
    if (distance > 0 && window.skip(distance) < distance && window.position < this.#contentEnd) throw truncated();
  }

  #skipTo(position: number): void {
    const distance = position - this.window.position;
    if (distance > 0 && this.window.skip(distance) < distance) throw truncated();
  }
}

function kindOf(type: number, name: string): TarEntryKind {
  switch (type) {
    case 0x31:
      return 'hardlink';
    case 0x32:
      return 'symlink';
    case 0x35:
      return 'folder';
    case 0x33:
    case 0x34:
    case 0x36:
      return 'other';
    default:
      // Old tar had no type for folders. Types that nobody knows are files (POSIX).
      return name.endsWith('/') && type === 0 ? 'folder' : 'file';
  }
}

function padded(size: number): number {
  return Math.ceil(size / blockBytes) * blockBytes;
}

function truncated(): LayerProblem {
  return new LayerProblem('layer-truncated', 'the archive ends in the middle of an entry');
}
