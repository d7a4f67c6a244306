import type { Extractor } from '../extractor.ts';
import { goBinary } from '../go-binary/index.ts';
import { rustBinary } from '../rust-binary/index.ts';

/** What the compiler wrote into a program: Go's modules, else the crates of `cargo auditable`. */
export const program: Extractor = {
  name: 'program',
  maxBytes: 0,
  wants: (path, entry) => goBinary.wants(path, entry),
  extract(path, bytes) {
    const told = goBinary.extract(path, bytes);
    return told.packages.length > 0 ? told : rustBinary.extract(path, bytes);
  },
};
