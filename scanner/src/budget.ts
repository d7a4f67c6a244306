import type { ReasonCode } from './model.ts';

/** What one scan may use at most. All are limits of the whole scan but `depth` and `memoryBytes`. */
export interface BudgetLimits {
  /** Bytes of all layers when uncompressed. */
  bytes: number;
  /** Uncompressed bytes for each stored byte of a layer, once it has given {@link ratioFloorBytes}. */
  ratio: number;
  /** Entries of all layers. */
  entries: number;
  /** Folders above each other in one path. */
  depth: number;
  timeMs: number;
  /** Of what is told of all layers: the parent holds it, and a child's answer is one frame (`sandbox/frames.ts`). */
  indexBytes: number;
  /** What one child process may hold; a file that has to be held as a whole may be a quarter of it. */
  memoryBytes: number;
}

/** Enough for the largest images in use (tens of gigabytes, a million files), too little for a bomb to matter. */
export const defaultBudget: BudgetLimits = {
  bytes: 64 * 1024 ** 3,
  ratio: 200,
  entries: 4_000_000,
  depth: 128,
  timeMs: 30 * 60_000,
  indexBytes: 112 * 1024 ** 2,
  memoryBytes: 1024 ** 3,
};

/** Processor time for a child: a net behind the clocks. One that spins is ended by the kernel, even if we are not there. */
export function mostCpuSeconds({ timeMs }: Pick<BudgetLimits, 'timeMs'>): number {
  return Math.ceil(timeMs / 1000) + 60;
}

/** Zeros compress a thousandfold: a layer this small is no bomb whatever its ratio. */
export const ratioFloorBytes = 128 * 1024 * 1024;

/** Deadlines are looked at once in so many entries. */
const entriesBetweenLooks = 256;

/** The budget ran out: what was found until then stands, and this is why there is no more. */
export class BudgetExceeded extends Error {
  readonly code: ReasonCode;
  constructor(code: ReasonCode, message: string) {
    super(message);
    this.name = 'BudgetExceeded';
    this.code = code;
  }
}

/**
 * The one budget of a scan. The parent holds it and gives each child what is left; a child holds one for its layer. Two
 * layers read at once may both use what was left, so the limits can be passed by a factor of the workers, never by more.
 */
export class Budget {
  readonly limits: BudgetLimits;
  readonly #deadline: number;
  #bytes = 0;
  #entries = 0;
  #indexBytes = 0;

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = { ...defaultBudget, ...limits };
    this.#deadline = performance.now() + this.limits.timeMs;
  }

  /** Uncompressed bytes used. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is left, as the limits of a layer that is read next. */
  left(): BudgetLimits {
    return {
      ...this.limits,
      bytes: Math.max(0, this.limits.bytes - this.#bytes),
      entries: Math.max(0, this.limits.entries - this.#entries),
      indexBytes: Math.max(0, this.limits.indexBytes - this.#indexBytes),
      timeMs: Math.max(0, this.#deadline - performance.now()),
    };
  }

  /** Takes what a layer used; nothing is thrown, the next layer will find too little left. */
  take(used: { bytes: number; entries: number; indexBytes: number }): void {
    this.#bytes += used.bytes;
    this.#entries += used.entries;
    this.#indexBytes += used.indexBytes;
  }

  /** Throws `budget-bytes`, `budget-time`. */
  takeBytes(count: number): void {
    this.takeSkipped(count);
    this.checkTime();
  }

  /** Bytes that were passed without reading them: that takes no time. Throws `budget-bytes`. */
  takeSkipped(count: number): void {
    this.#bytes += count;
    if (this.#bytes > this.limits.bytes) {
      throw new BudgetExceeded('budget-bytes', `more than ${this.limits.bytes} bytes when unpacked`);
    }
  }

  /** Throws `budget-entries`, `budget-time`. */
  takeEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) {
      throw new BudgetExceeded('budget-entries', `more than ${this.limits.entries} entries`);
    }
    if (this.#entries % entriesBetweenLooks === 0) this.checkTime();
  }

  /** Throws `budget-memory`: before something that would be too much is kept. */
  takeIndexBytes(count: number): void {
    if (this.#indexBytes + count > this.limits.indexBytes) {
      throw new BudgetExceeded('budget-memory', `more to tell than ${this.limits.indexBytes} bytes`);
    }
    this.#indexBytes += count;
  }

  /** Throws `budget-ratio` for what unpacks to far more than it is. */
  checkRatio(storedBytes: number, unpackedBytes: number): void {
    if (unpackedBytes > ratioFloorBytes && unpackedBytes > storedBytes * this.limits.ratio) {
      throw new BudgetExceeded('budget-ratio', `unpacks to more than ${this.limits.ratio} times its size`);
    }
  }

  checkTime(): void {
    if (performance.now() > this.#deadline) {
      throw new BudgetExceeded('budget-time', `not read to its end in ${Math.round(this.limits.timeMs)} ms`);
    }
  }
}
