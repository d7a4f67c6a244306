import type { Hash } from 'node:crypto';
import type { Budget } from '../budget.ts';
import { lateCrypto } from '../late-modules.ts';
import type { ByteSupply, RandomAccess } from './byte-supply.ts';

/** Takes what is read from the budget, and hashes it where a digest is asked for: then nothing can be skipped. */
export class MeteredSupply implements ByteSupply {
  readonly random?: RandomAccess;
  readonly #supply: ByteSupply;
  readonly #budget: Budget;
  readonly #hash: Hash | undefined;

  constructor(supply: ByteSupply, budget: Budget, hashed: boolean) {
    this.#supply = supply;
    this.#budget = budget;
    this.#hash = hashed ? lateCrypto().createHash('sha256') : undefined;
    const { random } = supply;
    if (hashed || random === undefined) return;
    this.random = {
      skip(length) {
        const moved = random.skip(length);
        budget.takeSkipped(moved);
        return moved;
      },
      readAt: (offset, target, at, length) => random.readAt(offset, target, at, length),
    };
  }

  read(target: Buffer, at: number, length: number): number {
    const count = this.#supply.read(target, at, length);
    this.#budget.takeBytes(count);
    this.#hash?.update(target.subarray(at, at + count));
    return count;
  }

  /** `sha256:<hex>` of all that was read; undefined when nothing was hashed. */
  digest(): string | undefined {
    return this.#hash === undefined ? undefined : `sha256:${this.#hash.digest('hex')}`;
  }
}
