import { InflateFailed, inflateWhole } from '../../inflate-engine.ts';
import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type ByteSource, type Extractor, PackageUnreadable } from '../extractor.ts';
import { findElfSection } from '../go-binary/elf.ts';
import { fieldOf, listOf, parseJson, textOf } from '../json-values.ts';

const section = '.dep-v0';
const maxSectionBytes = 4 * 1024 * 1024;
const maxListBytes = 32 * 1024 * 1024;

/** Crates that `cargo auditable` lists in a program. Source: its `PARSING.md`. */
export const rustBinary: Pick<Extractor, 'extract'> = {
  extract(_path, bytes) {
    const packages: Package[] = [];
    const range = findElfSection(bytes, section);
    if (range === undefined) return { packages };
    if (range.length > maxSectionBytes) throw new PackageUnreadable('a list of crates that is too large');
    for (const crate of listOf(fieldOf(readList(bytes, range), 'packages'))) {
      // What only the build needed is not in the program; a local crate was never published.
      if (fieldOf(crate, 'kind') === 'build' || textOf(fieldOf(crate, 'source')) === 'local') continue;
      const [name, version] = [textOf(fieldOf(crate, 'name')), textOf(fieldOf(crate, 'version'))];
      addPackage(packages, { kind: 'cargo', name, version });
    }
    return { packages };
  },
};

function readList(bytes: ByteSource, { offset, length }: { offset: number; length: number }): unknown {
  return parseJson(inflateList(bytes.read(offset, length)), 'a list of crates');
}

function inflateList(stored: Uint8Array): Uint8Array {
  try {
    return inflateWhole(stored, 'deflate', maxListBytes);
  } catch (error) {
    if (!(error instanceof InflateFailed)) throw error;
    throw new PackageUnreadable('a list of crates that cannot be read', { cause: error });
  }
}
