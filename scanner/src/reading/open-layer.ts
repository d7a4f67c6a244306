import type { Budget } from '../budget.ts';
import type { ByteSupply } from './byte-supply.ts';
import { compressionOf } from './compression.ts';
import { Inflate } from './inflate.ts';
import { LayerProblem } from './layer-problem.ts';
import { MeteredSupply } from './metered-supply.ts';

const headBytes = 4;

/**
 * The tar archive in a layer's stored bytes, whatever it is compressed with: media types lie, first bytes do not. Throws
 * `layer-unsupported` for xz, bzip2 and lz4, which no registry takes.
 */
export function openLayer(stored: ByteSupply, budget: Budget, hashed: boolean): MeteredSupply {
  const { head, supply } = peek(stored);
  const compression = compressionOf(head);
  if (compression === 'unsupported') {
    throw new LayerProblem('layer-unsupported', 'the layer is compressed with something else than gzip or zstd');
  }
  const tar = compression === 'none' ? supply : new Inflate(supply, compression, budget);
  return new MeteredSupply(tar, budget, hashed);
}

function peek(stored: ByteSupply): { head: Uint8Array; supply: ByteSupply } {
  const head = Buffer.alloc(headBytes);
  if (stored.random !== undefined) {
    return { head: head.subarray(0, stored.random.readAt(0, head, 0, headBytes)), supply: stored };
  }
  let length = 0;
  while (length < headBytes) {
    const count = stored.read(head, length, headBytes - length);
    if (count === 0) break;
    length += count;
  }
  return { head: head.subarray(0, length), supply: new Replay(head.subarray(0, length), stored) };
}

/** Bytes that were looked at already, then the rest. */
class Replay implements ByteSupply {
  #head: Uint8Array;
  readonly #rest: ByteSupply;

  constructor(head: Uint8Array, rest: ByteSupply) {
    this.#head = head;
    this.#rest = rest;
  }

  read(target: Buffer, at: number, length: number): number {
    if (this.#head.length === 0) return this.#rest.read(target, at, length);
    const part = this.#head.subarray(0, length);
    target.set(part, at);
    this.#head = this.#head.subarray(part.length);
    return part.length;
  }
}
