import { fstatSync, readSync } from 'node:fs';

/** Bytes one after the other, read when asked for. Everything here is synchronous: it runs in a process of its own. */
export interface ByteSupply {
  /** Puts up to `length` bytes into `target`; 0 only at the end. */
  read(target: Buffer, at: number, length: number): number;
  /** Where bytes need not be read in order; offsets are from the beginning. */
  readonly random?: RandomAccess;
}

export interface RandomAccess {
  /** Moves on without reading; how far it came before the end. */
  skip(length: number): number;
  /** Puts up to `length` bytes from `offset` on into `target`, without moving; fewer only at the end. */
  readAt(offset: number, target: Buffer, at: number, length: number): number;
}

/** A range of an open file, by positioned reads: the file's own position is neither used nor moved. */
export class FileRange implements ByteSupply, RandomAccess {
  readonly random: RandomAccess = this;
  readonly #fd: number;
  readonly #offset: number;
  readonly #length: number;
  #position = 0;

  constructor(fd: number, offset: number, length: number) {
    this.#fd = fd;
    this.#offset = offset;
    // A range that reaches past the end of the file ends there: a lie about the length must not look like content.
    this.#length = Math.max(0, Math.min(length, fstatSync(fd).size - offset));
  }

  read(target: Buffer, at: number, length: number): number {
    const count = this.#readOnce(this.#position, target, at, length);
    this.#position += count;
    return count;
  }

  skip(length: number): number {
    const moved = Math.min(length, this.#length - this.#position);
    this.#position += moved;
    return moved;
  }

  readAt(offset: number, target: Buffer, at: number, length: number): number {
    let done = 0;
    while (done < length) {
      const count = this.#readOnce(offset + done, target, at + done, length - done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  #readOnce(offset: number, target: Buffer, at: number, length: number): number {
    const wanted = Math.min(length, this.#length - offset);
    return wanted <= 0 ? 0 : readSync(this.#fd, target, at, wanted, this.#offset + offset);
  }
}

/** Bytes that are there already. */
export class BytesSupply implements ByteSupply {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(target: Buffer, at: number, length: number): number {
    const part = this.#bytes.subarray(this.#position, this.#position + length);
    target.set(part, at);
    this.#position += part.length;
    return part.length;
  }
}
