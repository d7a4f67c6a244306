import type { ByteSource } from '../extractor.ts';
import { readElf } from './elf.ts';
import { readMachO } from './mach-o.ts';
import { readPe } from './pe.ts';

/** What is needed of a program file: where Go's build information may stand, and what its addresses point to. */
export interface Executable {
  /** Parts of the file (bytes) in whose beginning Go's linker would have put it. */
  candidates: FileRange[];
  segments: Segment[];
}

export interface FileRange {
  offset: number;
  length: number;
}

/** A part of the file that is loaded at an address. */
export interface Segment extends FileRange {
  address: bigint;
}

/** ELF, PE or Mach-O; undefined for any other file, and for one whose headers lie. */
export function readExecutable(bytes: ByteSource): Executable | undefined {
  const start = bytes.read(0, 4);
  if (start.length < 4) return undefined;
  const magic = (((start[0] ?? 0) << 24) | ((start[1] ?? 0) << 16) | ((start[2] ?? 0) << 8) | (start[3] ?? 0)) >>> 0;
  if (magic === 0x7f454c46) return readElf(bytes);
  if (magic >>> 16 === 0x4d5a) return readPe(bytes);
  if (magic === 0xcffaedfe || magic === 0xcefaedfe) return readMachO(bytes);
  return undefined;
}

/** Where in the file an address is, with the bytes left in its segment; undefined where nothing of the file is. */
export function fileRangeOf(executable: Executable, address: bigint): FileRange | undefined {
  for (const segment of executable.segments) {
    const into = address - segment.address;
    if (into < 0n || into >= BigInt(segment.length)) continue;
    return { offset: segment.offset + Number(into), length: segment.length - Number(into) };
  }
  return undefined;
}
