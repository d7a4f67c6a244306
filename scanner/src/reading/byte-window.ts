import type { ByteSupply } from './byte-supply.ts';

export const windowBytes = 128 * 1024;
/** After a jump only a header is needed, and the few small files behind it; reads grow again while headers follow each other closely. */
const firstReadBytes = 16 * 1024;

/**
 * A window over the next bytes of a supply, one buffer for all of them: headers are parsed where they lie. `buffer` from
 * `start` to `end` are the bytes at `position`.
 */
export class ByteWindow {
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(windowBytes);
  readonly supply: ByteSupply;
  start = 0;
  end = 0;
  position = 0;
  #nextRead: number;

  constructor(supply: ByteSupply) {
    this.supply = supply;
    this.#nextRead = supply.random === undefined ? windowBytes : firstReadBytes;
  }

  /** Makes at least `length` bytes available, fewer only at the end; how many there are. At most `windowBytes`. */
  need(length: number): number {
    if (this.end - this.start < length) this.#fill(length);
    return this.end - this.start;
  }

  /** Moves on; how far it came before the end. */
  skip(length: number): number {
    const inside = Math.min(length, this.end - this.start);
    this.start += inside;
    this.position += inside;
    if (inside === length) return length;
    return inside + (this.supply.random === undefined ? this.#readPast(length - inside) : this.#jump(length - inside));
  }

  /** Puts the next bytes into `target` and moves on; fewer than `length` only at the end. */
  take(target: Buffer, at: number, length: number): number {
    let done = Math.min(length, this.end - this.start);
    this.buffer.copy(target, at, this.start, this.start + done);
    this.start += done;
    while (done < length) {
      const count = this.supply.read(target, at + done, length - done);
      if (count === 0) break;
      done += count;
    }
    this.position += done;
    return done;
  }

  #fill(length: number): void {
    this.buffer.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
    while (this.end < length) {
      const room = windowBytes - this.end;
      const count = this.supply.read(
        this.buffer,
        this.end,
        Math.min(room, Math.max(this.#nextRead, length - this.end)),
      );
      if (count === 0) return;
      this.end += count;
    }
    this.#nextRead = Math.min(windowBytes, this.#nextRead * 2);
  }

  #jump(length: number): number {
    const moved = this.supply.random?.skip(length) ?? 0;
    this.start = 0;
    this.end = 0;
    this.position += moved;
    this.#nextRead = firstReadBytes;
    return moved;
  }

  #readPast(length: number): number {
    let done = 0;
    this.start = 0;
    this.end = 0;
    while (done < length) {
      const count = this.supply.read(this.buffer, 0, Math.min(windowBytes, length - done));
      if (count === 0) break;
      done += count;
    }
    this.position += done;
    return done;
  }
}
