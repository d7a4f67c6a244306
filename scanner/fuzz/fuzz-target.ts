/** What came of one input. */
export interface Outcome {
  /** One of a few: what the report counts. */
  word: string;
  /** What was read: twice the same for the same input. Plain JSON. */
  told?: unknown;
}

/** One parser, and what its inputs are made from. */
export interface FuzzTarget {
  /** Whole inputs that the parser understands: mutations begin with them. Small ones: an input costs as much as it is long. */
  seeds: readonly Uint8Array[];
  /** Texts of the format, put in anywhere. */
  words?: readonly string[];
  /** Makes sums and the like right again, so that a change gets past them. Half of the inputs are left as they are. */
  repair?: (input: Buffer) => void;
  /** It watches its time itself: that of other processes is not seen. */
  startsProcesses?: true;
  /** What comes of an input may be another each time. */
  varies?: true;
  /** Lets go of what it holds. */
  close?(): void;
  /** Throws what is a find: whatever error is none of those that the parser says it throws, and each broken promise. */
  read(input: Uint8Array): Outcome | Promise<Outcome>;
}

/** Loads a target: fixtures are built where they are wanted only. */
export type TargetLoader = () => Promise<FuzzTarget>;

/** A promise of a parser that does not hold. */
export class BrokenPromise extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenPromise';
  }
}

/** Throws {@link BrokenPromise}. */
export function promise(holds: boolean, what: string): void {
  if (!holds) throw new BrokenPromise(what);
}
