import type { ByteSupply } from '../reading/byte-supply.ts';
import { frame, type SyncFrames } from './frames.ts';

/** Stored bytes that come as data frames. */
export class FrameSupply implements ByteSupply {
  readonly #frames: SyncFrames;
  #left = 0;
  #ended = false;

  constructor(frames: SyncFrames) {
    this.#frames = frames;
  }

  read(target: Buffer, at: number, length: number): number {
    while (this.#left === 0) {
      if (this.#ended) return 0;
      this.#nextFrame();
    }
    const count = this.#frames.some(target, at, Math.min(length, this.#left));
    if (count === 0) throw new Error('the pipe ends in the middle of a layer');
    this.#left -= count;
    return count;
  }

  /** Reads on to the end of the data, whatever it is. */
  passRest(): void {
    const scratch = Buffer.allocUnsafe(64 * 1024);
    while (this.read(scratch, 0, scratch.length) > 0);
  }

  #nextFrame(): void {
    const header = this.#frames.next();
    if (header === undefined) throw new Error('the pipe ends in the middle of a layer');
    if (header.kind === frame.end) this.#ended = true;
    else if (header.kind === frame.data) this.#left = header.length;
    else throw new Error(`a frame of kind ${header.kind} in the middle of a layer`);
  }
}
