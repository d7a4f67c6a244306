import type { ByteSource } from '../extractor.ts';
import type { Executable, Segment } from './executable.ts';
import { readHeader } from './header-view.ts';

const maxSections = 96;
const sectionBytes = 40;
const anyAlignment = 0x00f00000;
/** Initialised data that is read and written. */
const dataSection = 0xc0000040;

/** Go's linker puts the build information into the first writable data section. Source: Microsoft's PE format. */
export function readPe(bytes: ByteSource): Executable | undefined {
  const headerAt = readHeader(bytes, 0, 64, true)?.u32(0x3c);
  if (headerAt === undefined) return undefined;
  const header = readHeader(bytes, headerAt, 24, true);
  if (header === undefined || header.u32(0) !== 0x00004550) return undefined;
  const [count, optionalBytes] = [header.u16(6), header.u16(20)];
  if (count === 0 || count > maxSections || optionalBytes < 32) return undefined;
  const optional = readHeader(bytes, headerAt + 24, optionalBytes, true);
  const table = readHeader(bytes, headerAt + 24 + optionalBytes, count * sectionBytes, true);
  if (optional === undefined || table === undefined) return undefined;
  const base = optional.u16(0) === 0x20b ? optional.u64(24) : BigInt(optional.u32(28));

  const segments: (Segment & { isData: boolean })[] = [];
  for (let start = 0; start < count * sectionBytes; start += sectionBytes) {
    segments.push({
      address: base + BigInt(table.u32(start + 12)),
      length: table.u32(start + 16),
      offset: table.u32(start + 20),
      isData: (table.u32(start + 36) & ~anyAlignment) >>> 0 === dataSection,
    });
  }
  return { candidates: segments.filter((segment) => segment.isData).slice(0, 1), segments };
}
