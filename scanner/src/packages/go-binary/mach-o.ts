import type { ByteSource } from '../extractor.ts';
import type { Executable, FileRange, Segment } from './executable.ts';
import type { HeaderView } from './header-view.ts';
import { readHeader } from './header-view.ts';

const maxCommandBytes = 256 * 1024;

/** Offsets in the load commands of both widths. Source: Apple's mach-o/loader.h. */
const layout64 = {
  wide: true,
  header: 32,
  command: 0x19,
  address: 24,
  offset: 40,
  size: 48,
  counts: 64,
  first: 72,
  section: 80,
  sectionSize: 40,
  sectionOffset: 48,
};
const layout32 = {
  wide: false,
  header: 28,
  command: 0x1,
  address: 24,
  offset: 32,
  size: 36,
  counts: 48,
  first: 56,
  section: 68,
  sectionSize: 36,
  sectionOffset: 40,
};

/** Section `__go_buildinfo`, of little-endian files (all that Go builds). */
export function readMachO(bytes: ByteSource): Executable | undefined {
  const layout = bytes.read(0, 1)[0] === 0xcf ? layout64 : layout32;
  const header = readHeader(bytes, 0, layout.header, true);
  if (header === undefined) return undefined;
  const commandBytes = header.u32(20);
  if (commandBytes > maxCommandBytes) return undefined;
  const commands = readHeader(bytes, layout.header, commandBytes, true);
  if (commands === undefined) return undefined;

  const segments: Segment[] = [];
  const candidates: FileRange[] = [];
  for (let at = 0; at + 8 <= commandBytes; ) {
    const size = commands.u32(at + 4);
    if (size < 8 || at + size > commandBytes) break;
    if (commands.u32(at) === layout.command && size >= layout.first) {
      segments.push({
        address: word(commands, layout, at + layout.address),
        offset: Number(word(commands, layout, at + layout.offset)),
        length: Number(word(commands, layout, at + layout.size)),
      });
      const sections = Math.min(commands.u32(at + layout.counts), Math.floor((size - layout.first) / layout.section));
      for (let index = 0; index < sections; index += 1) {
        const section = at + layout.first + index * layout.section;
        if (commands.text(section, 16) !== '__go_buildinfo') continue;
        candidates.push({
          offset: commands.u32(section + layout.sectionOffset),
          length: Number(word(commands, layout, section + layout.sectionSize)),
        });
      }
    }
    at += size;
  }
  return { candidates, segments };
}

function word(view: HeaderView, layout: { wide: boolean }, at: number): bigint {
  return layout.wide ? view.u64(at) : BigInt(view.u32(at));
}
