import type { ByteSource } from '../extractor.ts';
import type { Executable, FileRange, Segment } from './executable.ts';
import type { HeaderView } from './header-view.ts';
import { readHeader } from './header-view.ts';

/** Linked programs have some forty sections and a dozen segments. */
const maxSections = 4096;
const maxSegments = 512;
const maxSectionNamesBytes = 1024 * 1024;

const loadable = 1;
const writable = 2;
const occupiesNoFile = 8;

/** Offsets of the fields in the headers of both classes. Source: System V ABI, elf(5). */
interface Layout {
  wide: boolean;
  headerBytes: number;
  segmentBytes: number;
  sectionBytes: number;
  tables: { segments: number; sections: number; counts: number };
  segment: { flags: number; offset: number; address: number; fileSize: number };
  section: { offset: number; size: number };
}

const layout32: Layout = {
  wide: false,
  headerBytes: 52,
  segmentBytes: 32,
  sectionBytes: 40,
  tables: { segments: 28, sections: 32, counts: 42 },
  segment: { flags: 24, offset: 4, address: 8, fileSize: 16 },
  section: { offset: 16, size: 20 },
};

const layout64: Layout = {
  wide: true,
  headerBytes: 64,
  segmentBytes: 56,
  sectionBytes: 64,
  tables: { segments: 32, sections: 40, counts: 54 },
  segment: { flags: 4, offset: 8, address: 16, fileSize: 32 },
  section: { offset: 24, size: 32 },
};

/** Section `.go.buildinfo`, or the writable segments of a program without a section table. */
export function readElf(bytes: ByteSource): Executable | undefined {
  const opened = openElf(bytes);
  if (opened === undefined) return undefined;
  const { header, layout, littleEndian } = opened;
  const sections = sectionsOf(bytes, opened)?.('.go.buildinfo');
  if (sections !== undefined && sections.length === 0) return undefined;
  const segments = readSegments(bytes, header, layout, littleEndian);
  // Go itself looks at the first: there may be thousands, all of them the same bytes.
  return { candidates: sections?.slice(0, 1) ?? segments.filter((segment) => segment.writable), segments };
}

/** The first section of an ELF file with this name. */
export function findElfSection(bytes: ByteSource, name: string): FileRange | undefined {
  const ident = Buffer.from(bytes.read(0, 4)).toString('latin1');
  const opened = ident === '\u007fELF' ? openElf(bytes) : undefined;
  return opened === undefined ? undefined : sectionsOf(bytes, opened)?.(name)[0];
}

interface OpenElf {
  header: HeaderView;
  layout: Layout;
  littleEndian: boolean;
}

function openElf(bytes: ByteSource): OpenElf | undefined {
  const ident = bytes.read(0, 16);
  const layout = ident[4] === 2 ? layout64 : ident[4] === 1 ? layout32 : undefined;
  const littleEndian = ident[5] === 1;
  if (layout === undefined || (!littleEndian && ident[5] !== 2)) return undefined;
  const header = readHeader(bytes, 0, layout.headerBytes, littleEndian);
  return header === undefined ? undefined : { header, layout, littleEndian };
}

type FindSections = (name: string) => FileRange[];

/** By file, of the last that were asked about: what Go and what Rust left is looked for in the same table. */
const tables = new WeakMap<ByteSource, FindSections | undefined>();

/** Finds sections by name; undefined where the file has no table of sections that can be read. */
function sectionsOf(bytes: ByteSource, opened: OpenElf): FindSections | undefined {
  if (!tables.has(bytes)) tables.set(bytes, readSections(bytes, opened));
  return tables.get(bytes);
}

function readSections(bytes: ByteSource, { header, layout, littleEndian }: OpenElf): FindSections | undefined {
  const { counts } = layout.tables;
  const [size, count, namesIndex] = [header.u16(counts + 4), header.u16(counts + 6), header.u16(counts + 8)];
  if (size !== layout.sectionBytes || count === 0 || count > maxSections || namesIndex >= count) return undefined;
  const table = readHeader(bytes, word(header, layout, layout.tables.sections), size * count, littleEndian);
  if (table === undefined) return undefined;

  const rangeOf = (index: number): FileRange => ({
    offset: word(table, layout, index * size + layout.section.offset),
    length: word(table, layout, index * size + layout.section.size),
  });
  const namesRange = rangeOf(namesIndex);
  const namesLength = Math.min(namesRange.length, maxSectionNamesBytes);
  const names = readHeader(bytes, namesRange.offset, namesLength, littleEndian);
  if (names === undefined) return undefined;

  return (name) => {
    const found: FileRange[] = [];
    for (let index = 0; index < count; index += 1) {
      const nameAt = table.u32(index * size);
      if (nameAt >= namesLength || table.u32(index * size + 4) === occupiesNoFile) continue;
      if (names.holds(nameAt, name)) found.push(rangeOf(index));
    }
    return found;
  };
}

function readSegments(
  bytes: ByteSource,
  header: HeaderView,
  layout: Layout,
  littleEndian: boolean,
): (Segment & { writable: boolean })[] {
  const { counts } = layout.tables;
  const [size, count] = [header.u16(counts), header.u16(counts + 2)];
  if (size !== layout.segmentBytes || count === 0 || count > maxSegments) return [];
  const table = readHeader(bytes, word(header, layout, layout.tables.segments), size * count, littleEndian);
  if (table === undefined) return [];

  const segments: (Segment & { writable: boolean })[] = [];
  for (let start = 0; start < size * count; start += size) {
    if (table.u32(start) !== loadable) continue;
    const addressAt = start + layout.segment.address;
    segments.push({
      address: layout.wide ? table.u64(addressAt) : BigInt(table.u32(addressAt)),
      offset: word(table, layout, start + layout.segment.offset),
      length: word(table, layout, start + layout.segment.fileSize),
      writable: (table.u32(start + layout.segment.flags) & writable) !== 0,
    });
  }
  return segments;
}

/** An offset or size, 4 or 8 bytes by the class of the file. What is too large for a number is beyond any file's end. */
function word(view: HeaderView, layout: Layout, at: number): number {
  return layout.wide ? Number(view.u64(at)) : view.u32(at);
}
