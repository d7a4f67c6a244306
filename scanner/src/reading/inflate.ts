import type { Budget } from '../budget.ts';
import { type InflateEngine, openInflateEngine } from '../inflate-engine.ts';
import type { ByteSupply } from './byte-supply.ts';
import type { Compression } from './compression.ts';
import { LayerProblem } from './layer-problem.ts';

const inputBytes = 64 * 1024;

/**
 * What a gzip (of one or more members) or zstd (of one or more frames) supply unpacks to. zlib writes straight into the
 * buffer that the caller gives; the hash, where one is wanted, is taken in the same pass.
 */
export class Inflate implements ByteSupply {
  readonly #supply: ByteSupply;
  readonly #engine: InflateEngine;
  readonly #budget: Budget;
  readonly #input = Buffer.allocUnsafeSlow(inputBytes);
  #from = 0;
  #left = 0;
  #stored = 0;
  #unpacked = 0;
  #inputEnded = false;
  #ended = false;
  #failure: LayerProblem | undefined;

  constructor(supply: ByteSupply, compression: Exclude<Compression, 'none'>, budget: Budget) {
    this.#supply = supply;
    this.#engine = openInflateEngine(
      compression,
      (message, isCut) => (this.#failure = new LayerProblem(isCut ? 'layer-truncated' : 'layer-corrupt', message)),
    );
    this.#budget = budget;
  }

  read(target: Buffer, at: number, length: number): number {
    // Whoever reads on behind a failure meets it again: the engine is closed, and would end the process.
    if (this.#failure !== undefined) throw this.#failure;
    while (!this.#ended) {
      if (this.#left === 0 && !this.#inputEnded) this.#refill();
      const step = this.#engine.step(this.#inputEnded, this.#input, this.#from, this.#left, target, at, length);
      const consumed = this.#left - step.inputLeft;
      const produced = length - step.outputLeft;
      this.#from += consumed;
      this.#left = step.inputLeft;
      this.#unpacked += produced;
      this.#budget.checkRatio(this.#stored, this.#unpacked);
      if (produced > 0) return produced;
      // Zeros behind the last member are padding: zlib leaves them. With nothing left to read this is the end.
      if (this.#inputEnded || (consumed === 0 && this.#left > 0)) this.#end();
    }
    return 0;
  }

  /** For who stops before the end: nobody else lets go of what the engine holds. */
  close(): void {
    if (!this.#ended && this.#failure === undefined) this.#engine.close();
    this.#ended = true;
  }

  #refill(): void {
    this.#from = 0;
    this.#left = this.#supply.read(this.#input, 0, inputBytes);
    this.#stored += this.#left;
    this.#inputEnded = this.#left === 0;
  }

  #end(): void {
    this.#ended = true;
    this.#engine.close();
    for (; !this.#inputEnded; this.#refill()) {
      if (this.#input.subarray(this.#from, this.#from + this.#left).some((byte) => byte !== 0)) {
        throw new LayerProblem('layer-corrupt', 'something else stands behind the compressed data');
      }
    }
  }
}
