import { hasMore } from '../json-document.ts';
import { PackageUnreadable } from './extractor.ts';

interface Structure {
  /** What stands before values. */
  letters: string;
  most: number;
}

/** The largest lists that are in use have a few hundred thousand values; each of TOML's takes more memory. */
const structures = {
  JSON: { letters: ',[{', most: 1_000_000 },
  TOML: { letters: ',[{=.', most: 500_000 },
} satisfies Record<string, Structure>;

/**
 * Throws `PackageUnreadable` for a text with so many values that these would take many times the memory of their bytes: the
 * process would die of it, and with it all that is known of the layer. `what` names the file in the error.
 */
export function checkStructure(bytes: Uint8Array, format: keyof typeof structures, what: string): void {
  const { letters, most } = structures[format];
  if (hasMore(bytes, letters, most)) throw new PackageUnreadable(`${what} has more values than such files have`);
}
