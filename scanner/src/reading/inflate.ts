import zlib from 'node:zlib';
import type { Budget } from '../budget.ts';
import type { ByteSupply } from './byte-supply.ts';
import { LayerProblem } from './layer-problem.ts';

export type Compression = 'gzip' | 'zstd' | 'none';

/** First bytes that a compressed layer may begin with; 4 are enough. */
export function compressionOf(head: Uint8Array): Compression | 'unsupported' {
  const magic =
    head.length < 4 ? 0 : ((head[0] ?? 0) << 24) | ((head[1] ?? 0) << 16) | ((head[2] ?? 0) << 8) | (head[3] ?? 0);
  if (magic >>> 16 === 0x1f8b) return 'gzip';
  // A frame, or a skippable frame before it (zstd:chunked has them behind).
  if (
    magic === 0x28b52ffd ||
    (magic >>> 0 >= 0x502a4d18 && magic >>> 0 <= 0x5f2a4d18 && (magic & 0x00ffffff) === 0x2a4d18)
  ) {
    return 'zstd';
  }
  if (magic >>> 8 === 0x425a68 || magic === (0xfd377a58 | 0) || magic === 0x04224d18) return 'unsupported';
  return 'none';
}

const inputBytes = 64 * 1024;

/**
 * What a gzip (of one or more members) or zstd (of one or more frames) supply unpacks to. zlib writes straight into the
 * buffer that the caller gives; the hash, where one is wanted, is taken in the same pass.
 */
export class Inflate implements ByteSupply {
  readonly #supply: ByteSupply;
  readonly #engine: Engine;
  readonly #budget: Budget;
  readonly #input = Buffer.allocUnsafeSlow(inputBytes);
  #from = 0;
  #left = 0;
  #stored = 0;
  #unpacked = 0;
  #inputEnded = false;
  #ended = false;

  constructor(supply: ByteSupply, compression: Exclude<Compression, 'none'>, budget: Budget) {
    this.#supply = supply;
    this.#engine = openEngine(compression);
    this.#budget = budget;
  }

  read(target: Buffer, at: number, length: number): number {
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

interface Engine {
  /** `last` says that no more input follows: what is not complete then is truncated. */
  step(
    last: boolean,
    input: Buffer,
    inputAt: number,
    inputLength: number,
    output: Buffer,
    outputAt: number,
    outputLength: number,
  ): { inputLeft: number; outputLeft: number };
  close(): void;
}

/** The part of zlib's handle that is used. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Buffer,
    inputAt: number,
    inputLength: number,
    output: Buffer,
    outputAt: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
  close(): void;
}

/**
 * zlib's synchronous handle is private to Node, but twice as fast as its streams and needs half their memory (see
 * `docs/decisions/0005`); this function is the only place that knows it, and Node's version is pinned.
 */
function openEngine(compression: Exclude<Compression, 'none'>): Engine {
  const stream = compression === 'gzip' ? zlib.createGunzip() : zlib.createZstdDecompress();
  const { _handle: handle, _writeState: state } = stream as unknown as {
    _handle: ZlibHandle;
    _writeState: Uint32Array;
  };
  const [more, finish] =
    compression === 'gzip'
      ? [zlib.constants.Z_NO_FLUSH, zlib.constants.Z_FINISH]
      : [zlib.constants.ZSTD_e_continue, zlib.constants.ZSTD_e_end];
  let failure: LayerProblem | undefined;
  // It is no event target.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  handle.onerror = (message, _errno, code) => {
    failure = new LayerProblem(
      code === 'Z_BUF_ERROR' ? 'layer-truncated' : 'layer-corrupt',
      `${compression}: ${message}`,
    );
  };
  return {
    step(last, input, inputAt, inputLength, output, outputAt, outputLength) {
      handle.writeSync(last ? finish : more, input, inputAt, inputLength, output, outputAt, outputLength);
      if (failure !== undefined) {
        // What it holds lies outside of the heap: it would stay until somebody collects a few hundred bytes.
        stream.destroy();
        throw failure;
      }
      return { outputLeft: state[0] ?? 0, inputLeft: state[1] ?? 0 };
    },
    close: () => stream.destroy(),
  };
}
