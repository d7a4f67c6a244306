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
  /** From the format child to the malware child: a file, its bytes, another name of it, the end of the layer. */
  file: 10,
  bytes: 11,
  fileEnd: 12,
  link: 13,
  layerEnd: 14,
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

/** Reads frames and waits for them. */
export class SyncFrames {
  readonly #fd: number;
  readonly #header = Buffer.alloc(headerBytes);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The next frame's kind and length; its content is still to be read. Undefined where the other side has closed. */
  next(): { kind: number; length: number } | undefined {
    if (!this.fill(this.#header, 0, headerBytes)) return undefined;
    return { kind: this.#header[0] ?? 0, length: this.#header.readUInt32BE(1) };
  }

  /** One read of up to `length` bytes. */
  some(target: Buffer, at: number, length: number): number {
    return readSync(this.#fd, target, at, length, null);
  }

  /** Exactly `length` bytes; false at the end. */
  fill(target: Buffer, at: number, length: number): boolean {
    for (let done = 0; done < length; ) {
      const count = readSync(this.#fd, target, at + done, length - done, null);
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
