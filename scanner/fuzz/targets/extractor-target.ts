import type { LayerIndex } from '../../src/model.ts';
import { type ByteSource, type Extractor, PackageUnreadable } from '../../src/packages/extractor.ts';
import { parseLayerIndex } from '../../src/sandbox/messages.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';

interface Format {
  extractor: Pick<Extractor, 'extract'>;
  path: string;
  seeds: readonly (string | Uint8Array)[];
  words?: readonly string[];
  repair?: (input: Buffer) => void;
}

/**
 * A kind of file that tells of packages. It gives what the parent process believes of its children, or says that the file
 * cannot be read.
 */
export function extractorTarget({ extractor, path, seeds, words = [], repair }: Format): FuzzTarget {
  return {
    seeds: seeds.map((seed) => Buffer.from(seed)),
    words,
    ...(repair === undefined ? {} : { repair }),
    read: (input) => extract(extractor, path, input),
  };
}

function extract(extractor: Pick<Extractor, 'extract'>, path: string, input: Uint8Array): Outcome {
  try {
    const told = extractor.extract(path, sourceOf(input));
    const { packages, problem, owned, operatingSystem } = told;
    checkBelieved({ path, packages, ...(owned && { owned }), ...(operatingSystem && { operatingSystem }) });
    const found = packages.length > 0 || operatingSystem !== undefined || owned !== undefined;
    return { word: `${found ? 'found' : 'nothing'}${problem === undefined ? '' : ' with problem'}`, told };
  } catch (error) {
    if (!(error instanceof PackageUnreadable)) throw error;
    return { word: 'unreadable', told: error.message };
  }
}

/** What a child tells of this one file is taken by the parent, and can be stored. */
function checkBelieved(file: Omit<LayerIndex['files'][number], 'sizeBytes'>): void {
  parseLayerIndex({
    diffId: '',
    files: [{ ...file, sizeBytes: 1 }],
    paths: '',
    links: [],
    removed: [],
    opaque: [],
    entryCount: 1,
    uncompressedBytes: 1,
    incomplete: [],
  });
  promise(isStorable(file), 'a text that no database takes');
}

/** Whether no text in it has a NUL or half a character. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, one]) => isStorable(name) && isStorable(one));
}

/** Refuses what a layer's reader could not give. */
function sourceOf(input: Uint8Array): ByteSource {
  return {
    sizeBytes: input.length,
    read(offset, length) {
      promise(
        Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0,
        `a read of ${length} bytes at ${offset}`,
      );
      return input.subarray(offset, offset + length);
    },
  };
}
