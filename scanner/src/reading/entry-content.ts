import type { ByteSource } from '../packages/extractor.ts';
import { LayerProblem } from './layer-problem.ts';
import type { TarWalk } from './tar-walk.ts';

/** The file is too large for what it is wanted for: reason `file-too-large`. */
export class FileTooLarge extends Error {
  readonly code = 'file-too-large';
}

/** One buffer for the contents of all files of a layer, as large as the largest that was wanted. */
export class Scratch {
  readonly mostBytes: number;
  bytes: Buffer = Buffer.allocUnsafeSlow(256 * 1024);

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** Makes room for `length` bytes; the first `kept` ones stay. Throws `FileTooLarge` above the limit. */
  reserve(length: number, kept: number): void {
    if (length <= this.bytes.length) return;
    if (length > this.mostBytes) throw new FileTooLarge(`more than ${this.mostBytes} bytes to hold at once`);
    const grown = Buffer.allocUnsafeSlow(Math.min(this.mostBytes, Math.max(length, this.bytes.length * 2)));
    this.bytes.copy(grown, 0, 0, kept);
    this.bytes = grown;
  }
}

const smallBytes = 64 * 1024;

/** The content of the entry that the walk stands at. Views are valid until the next read. */
export function contentOf(walk: TarWalk, scratch: Scratch): ByteSource {
  const { window } = walk;
  const { random } = window.supply;
  return random === undefined
    ? new StreamedContent(walk, scratch)
    : {
        sizeBytes: walk.sizeBytes,
        read(offset, length) {
          const wanted = Math.min(length, walk.sizeBytes - offset);
          if (wanted <= 0) return new Uint8Array(0);
          // Small files are seen in the window, whose reads grow while they follow each other.
          if (offset + wanted <= smallBytes) window.need(offset + wanted);
          const from = window.start + offset;
          if (from + wanted <= window.end) return viewOf(window.buffer, from, from + wanted);
          scratch.reserve(wanted, 0);
          const count = random.readAt(window.position + offset, scratch.bytes, 0, wanted);
          if (count < wanted) throw cutOff();
          return viewOf(scratch.bytes, 0, wanted);
        },
      };
}

/** Content that comes once: what was read is held, so that a reader may go back; above the limit the beginning is let go. */
class StreamedContent implements ByteSource {
  readonly sizeBytes: number;
  readonly #walk: TarWalk;
  readonly #scratch: Scratch;
  /** Where in the file the scratch begins, and how much of it is filled. */
  #from = 0;
  #filled = 0;

  constructor(walk: TarWalk, scratch: Scratch) {
    this.#walk = walk;
    this.#scratch = scratch;
    this.sizeBytes = walk.sizeBytes;
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.sizeBytes);
    if (end <= offset) return new Uint8Array(0);
    const { window } = this.#walk;
    // A small file that is still in the window is seen there, and stays for whoever looks next.
    if (this.#filled === 0 && window.need(Math.min(end, window.buffer.length)) >= end) {
      return viewOf(window.buffer, window.start + offset, window.start + end);
    }
    if (offset < this.#from) throw new FileTooLarge('the beginning of the file is no longer held');
    if (end - this.#from > this.#scratch.mostBytes) this.#letGo(offset);
    this.#fill(end);
    return viewOf(this.#scratch.bytes, offset - this.#from, end - this.#from);
  }

  #fill(end: number): void {
    const missing = end - this.#from - this.#filled;
    if (missing <= 0) return;
    this.#scratch.reserve(end - this.#from, this.#filled);
    const count = this.#walk.window.take(this.#scratch.bytes, this.#filled, missing);
    this.#filled += count;
    if (count < missing) throw cutOff();
  }

  #letGo(offset: number): void {
    const gone = offset - this.#from;
    if (gone <= this.#filled) {
      this.#scratch.bytes.copyWithin(0, gone, this.#filled);
      this.#filled -= gone;
    } else {
      this.#walk.window.skip(gone - this.#filled);
      this.#filled = 0;
    }
    this.#from = offset;
  }
}

/** A plain `Uint8Array`: of a Buffer, `slice` would give another view where the reader means to copy what stays. */
function viewOf(buffer: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + from, to - from);
}

function cutOff(): LayerProblem {
  return new LayerProblem('layer-truncated', 'the archive ends in the middle of a file');
}
