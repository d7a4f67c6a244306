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
  if (bytes.length <= most) return;
  const counts = new Uint8Array(256);
  for (const letter of letters) counts[letter.charCodeAt(0)] = 1;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) values += counts[bytes[at] ?? 0] ?? 0;
  if (values > most) throw new PackageUnreadable(`${what} has more values than such files have`);
}
