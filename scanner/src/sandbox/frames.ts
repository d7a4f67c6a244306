/**
 * What parent and children say to each other: frames of one byte of kind, four of length, and the content. Children read
 * and write them synchronously; the parent never waits for a child.
 */
import { readSync, writeSync } from 'node:fs';

/** Kinds of frames. Values are stable only within one version: both ends are of one installation. */
export const frame = {
  /** To a child, once: its rules and the user it shall become. JSON. */
  setup: 1,
  /** To the format child: what to read next. JSON. */
  job: 2,
  /** Stored bytes of the layer, and their end. */
  data: 3,
  end: 4,
  /** From a child: ready for jobs; the result of a job. JSON. */
  ready: 5,
  result: 6,
  /** From the format child to the malware child: a file, its bytes, another name of it, one that is replaced, the end of the layer. */
  file: 10,
  bytes: 11,
  fileEnd: 12,
  link: 13,
  layerEnd: 14,
  forget: 15,
} as const;

export const headerBytes = 5;
/** A layer's index, with a million paths in it, stays below. */
export const mostFrameBytes = 128 * 1024 * 1024;

export function frameHeader(kind: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header[0] = kind;
  header.writeUInt32BE(length, 1);
  return header;
}

/** Writes a frame and waits until it is written. */
export function writeFrame(fd: number, kind: number, content: Uint8Array = new Uint8Array(0)): void {
  writeAll(fd, frameHeader(kind, content.length));
  writeAll(fd, content);
}

export function writeJsonFrame(fd: number, kind: number, value: unknown): void {
  writeFrame(fd, kind, Buffer.from(JSON.stringify(value)));
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
}

const bufferBytes = 64 * 1024;

/** Writes many small frames at once: what was written is on its way when the buffer is full, or at `flush`. */
export class BufferedFrames {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #filled = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(kind: number, content: Uint8Array = new Uint8Array(0)): void {
    if (this.#filled + headerBytes + content.length > bufferBytes) this.flush();
    this.#buffer[this.#filled] = kind;
    this.#buffer.writeUInt32BE(content.length, this.#filled + 1);
    this.#filled += headerBytes;
    if (this.#filled + content.length > bufferBytes) {
      this.flush();
      writeAll(this.#fd, content);
      return;
    }
    this.#buffer.set(content, this.#filled);
    this.#filled += content.length;
  }

  writeJson(kind: number, value: unknown): void {
    this.write(kind, Buffer.from(JSON.stringify(value)));
  }

  flush(): void {
    const filled = this.#filled;
    this.#filled = 0;
    writeAll(this.#fd, this.#buffer.subarray(0, filled));
  }
}

/** Reads frames and waits for them. It reads ahead: nobody else reads from the same descriptor. */
export class SyncFrames {
  readonly #fd: number;
  readonly #header = Buffer.alloc(headerBytes);
  readonly #ahead = Buffer.allocUnsafeSlow(bufferBytes);
  #from = 0;
  #to = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The next frame's kind and length; its content is still to be read. Undefined where the other side has closed. */
  next(): { kind: number; length: number } | undefined {
    if (!this.fill(this.#header, 0, headerBytes)) return undefined;
    return { kind: this.#header[0] ?? 0, length: this.#header.readUInt32BE(1) };
  }

  /** Up to `length` bytes, by one read at most; 0 only at the end. */
  some(target: Buffer, at: number, length: number): number {
    if (this.#from === this.#to) {
      // What is large goes straight to where it is wanted.
      if (length >= bufferBytes) return readSync(this.#fd, target, at, length, null);
      this.#from = 0;
      this.#to = readSync(this.#fd, this.#ahead, 0, bufferBytes, null);
    }
    const count = Math.min(length, this.#to - this.#from);
    this.#ahead.copy(target, at, this.#from, this.#from + count);
    this.#from += count;
    return count;
  }

  /** Exactly `length` bytes; false at the end. */
  fill(target: Buffer, at: number, length: number): boolean {
    for (let done = 0; done < length; ) {
      const count = this.some(target, at + done, length - done);
      if (count === 0) return false;
      done += count;
    }
    return true;
  }

  json(length: number): unknown {
    const content = Buffer.alloc(length);
    if (!this.fill(content, 0, length)) throw new Error('the pipe ends in the middle of a frame');
    return JSON.parse(content.toString('utf8'));
  }

  pass(length: number, scratch: Buffer): void {
    for (let left = length; left > 0; ) {
      const count = this.some(scratch, 0, Math.min(left, scratch.length));
      if (count === 0) return;
      left -= count;
    }
  }
}
