import { lateZlib } from './late-modules.ts';

export type InflateFormat = 'gzip' | 'zstd' | 'deflate' | 'deflate-raw';

export interface InflateEngine {
  /** `last` says that no more input follows: what is not complete then is cut. Throws what `failed` makes. */
  step(
    last: boolean,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): { inputLeft: number; outputLeft: number };
  close(): void;
}

/** The part of zlib's handle that is used. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
  close(): void;
}

/** The stream around a handle has a buffer of its own, which nobody uses: as small as it may be. */
const options = { chunkSize: 64 };

/**
 * zlib's synchronous handle is private to Node, but twice as fast as its streams and needs half their memory (see
 * `docs/decisions/0005`); this function is the only place that knows it, and Node's version is pinned.
 */
export function openInflateEngine(
  format: InflateFormat,
  failed: (message: string, isCut: boolean) => Error,
): InflateEngine {
  const { _handle: handle, _writeState: state } = streamOf(format) as {
    _handle: ZlibHandle;
    _writeState: Uint32Array;
  };
  const zlib = lateZlib();
  const [more, finish] =
    format === 'zstd'
      ? [zlib.constants.ZSTD_e_continue, zlib.constants.ZSTD_e_end]
      : [zlib.constants.Z_NO_FLUSH, zlib.constants.Z_FINISH];
  let failure: Error | undefined;
  // It is no event target.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  handle.onerror = (message, _errno, code) => {
    failure = failed(`${format}: ${message}`, code === 'Z_BUF_ERROR');
  };
  return {
    step(last, input, inputAt, inputLength, output, outputAt, outputLength) {
      handle.writeSync(last ? finish : more, input, inputAt, inputLength, output, outputAt, outputLength);
      if (failure !== undefined) {
        handle.close();
        throw failure;
      }
      return { outputLeft: state[0] ?? 0, inputLeft: state[1] ?? 0 };
    },
    // Not the stream's own `destroy`: that stays until the event loop turns, and children have none. Many broken pieces
    // would hold all memory.
    close: () => handle.close(),
  };
}

function streamOf(format: InflateFormat): unknown {
  const zlib = lateZlib();
  switch (format) {
    case 'gzip':
      return zlib.createGunzip(options);
    case 'zstd':
      return zlib.createZstdDecompress(options);
    case 'deflate':
      return zlib.createInflate(options);
    case 'deflate-raw':
      return zlib.createInflateRaw(options);
    default:
      return format satisfies never;
  }
}

/** It cannot be inflated, or not within the limit. */
export class InflateFailed extends Error {}

const firstBytes = 16 * 1024;
const mostAtOnce = 4 * 1024 * 1024;

/**
 * All that a few bytes inflate to. What stands behind their end is not looked at. Throws {@link InflateFailed}. Node's own
 * `inflateSync` leaves what it held of broken bytes to the event loop.
 */
export function inflateWhole(stored: Uint8Array, format: InflateFormat, maxBytes: number): Uint8Array {
  const engine = openInflateEngine(format, (message) => new InflateFailed(message));
  const pieces: Uint8Array[] = [];
  let [total, taken] = [0, 0];
  try {
    for (let length = firstBytes; ; length = Math.min(mostAtOnce, length * 2)) {
      const piece = Buffer.allocUnsafeSlow(length);
      const { inputLeft, outputLeft } = engine.step(true, stored, taken, stored.length - taken, piece, 0, length);
      taken = stored.length - inputLeft;
      total += length - outputLeft;
      if (total > maxBytes) throw new InflateFailed(`inflates to more than ${maxBytes} bytes`);
      pieces.push(piece.subarray(0, length - outputLeft));
      if (outputLeft > 0) return pieces.length === 1 ? (pieces[0] ?? piece) : Buffer.concat(pieces);
    }
  } finally {
    engine.close();
  }
}
