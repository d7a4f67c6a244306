/** Every way we know to hurt whoever reads a program; each ends as it should. */
import { deflateSync } from 'node:zlib';
import { describe, it } from 'vitest';
import { expectFileWithstood, type FileAttack } from '../fixtures/file-attack.ts';
import {
  dataAddress,
  elfProgram,
  inlineBuildInfo,
  machOProgram,
  peProgram,
  pointedBuildInfo,
} from './fixtures/program-file.ts';

const little64 = { bits: 64, littleEndian: true } as const;
const lines = 'dep\ta.org/b\tv1.0.0\n';
const inline = inlineBuildInfo('go1.21.3', lines);
const told = ['stdlib go1.21.3', 'a.org/b v1.0.0'];
const unreadable = { reasons: ['package-unreadable'] };
/** No program that anybody could run: it tells of nothing, and owes us nothing. */
const nothing = { reasons: [] };
/** Where the text's length stands: behind 32 bytes of head. */
const varint = (...bytes: number[]): Buffer => Buffer.concat([inline.subarray(0, 32), Buffer.from(bytes)]);
/** Nobody looks at programs that are smaller than their heads. */
const padded = (data: Uint8Array): Buffer => Buffer.concat([data, Buffer.alloc(600)]);
const go = (data: Uint8Array): Buffer => elfProgram(padded(data), little64);
const cargo = (list: Uint8Array): Buffer => elfProgram(padded(list), { ...little64, section: '.dep-v0' });
const sectionsAt = (program: Buffer): number => Number(program.readBigUInt64LE(40));
const largest = 0xffff_ffff_ffff_ffffn;

function changed(program: Buffer, change: (program: Buffer) => void): Buffer {
  change(program);
  return program;
}

/** So many sections of this name, all the same megabyte. */
function manySections(count: number): Buffer {
  const program = go(Buffer.alloc(1024 * 1024));
  const table = sectionsAt(program);
  const sections = Array.from({ length: count }, () => program.subarray(table + 64, table + 128));
  program.writeUInt16LE(count + 3, 60);
  return Buffer.concat([program, ...sections]);
}

const attacks: Record<string, Omit<FileAttack, 'path'>> = {
  // ELF
  'ELF with its table of sections behind the file': {
    content: changed(go(inline), (elf) => elf.writeBigUInt64LE(BigInt(elf.length), 40)),
    reasons: [],
    packages: told,
  },
  'ELF with its table of sections beyond all numbers': {
    content: changed(go(inline), (elf) => elf.writeBigUInt64LE(largest, 40)),
    reasons: [],
    packages: told,
  },
  'ELF with 65,535 sections': {
    content: changed(go(inline), (elf) => elf.writeUInt16LE(0xffff, 60)),
    reasons: [],
    packages: told,
  },
  'ELF with four thousand sections that are the same': { content: manySections(4000), ...nothing },
  'ELF with sections of a strange size': {
    content: changed(go(inline), (elf) => elf.writeUInt16LE(1, 58)),
    reasons: [],
    packages: told,
  },
  'ELF with the names of its sections in a section that is not there': {
    content: changed(go(inline), (elf) => elf.writeUInt16LE(0xffff, 62)),
    reasons: [],
    packages: told,
  },
  'ELF with the names of its sections behind the file': {
    content: changed(go(inline), (elf) => elf.writeBigUInt64LE(largest, sectionsAt(elf) + 2 * 64 + 24)),
    reasons: [],
    packages: told,
  },
  'ELF with names that begin behind the names': {
    content: changed(go(inline), (elf) => elf.writeUInt32LE(0xffff_ffff, sectionsAt(elf) + 64)),
    ...nothing,
  },
  'ELF whose section lies behind the file': {
    content: changed(go(inline), (elf) => elf.writeBigUInt64LE(largest, sectionsAt(elf) + 64 + 24)),
    ...nothing,
  },
  'ELF whose section is as long as numbers go': {
    content: changed(go(inline), (elf) => elf.writeBigUInt64LE(largest, sectionsAt(elf) + 64 + 32)),
    reasons: [],
    packages: told,
  },
  'ELF with 65,535 segments': {
    content: changed(elfProgram(padded(inline), { ...little64, withoutSections: true }), (elf) =>
      elf.writeUInt16LE(0xffff, 56),
    ),
    ...nothing,
  },
  'ELF that is nothing but its first bytes': {
    content: Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(600, 0xff)]),
    ...nothing,
  },

  // Others
  'PE with its head behind the file': {
    content: changed(peProgram(padded(inline)), (pe) => pe.writeUInt32LE(0xffff_ffff, 0x3c)),
    ...nothing,
  },
  'PE with 65,535 sections': {
    content: changed(peProgram(padded(inline)), (pe) => pe.writeUInt16LE(0xffff, 0x86)),
    ...nothing,
  },
  'Mach-O with commands of no length': {
    content: changed(machOProgram(padded(inline)), (macho) => macho.writeUInt32LE(0, 36)),
    ...nothing,
  },
  'Mach-O with 4 GB of commands': {
    content: changed(machOProgram(padded(inline)), (macho) => macho.writeUInt32LE(0xffff_ffff, 20)),
    ...nothing,
  },
  'Mach-O with four billion sections': {
    content: changed(machOProgram(padded(inline)), (macho) => macho.writeUInt32LE(0xffff_ffff, 32 + 64)),
    reasons: [],
    packages: told,
  },

  // Build information
  'a length that does not end': { content: go(varint(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)), ...unreadable },
  'a length of 4 GB': { content: go(varint(0xff, 0xff, 0xff, 0xff, 0x0f)), ...unreadable },
  'a length beyond the file': { content: go(varint(0xff, 0x07)), ...unreadable },
  'lengths of nothing': { content: go(varint(0x80, 0x80, 0x80, 0x80, 0, 0)), ...nothing },
  'modules of 5 MB': { content: go(inlineBuildInfo('go1.21.3', lines.repeat(300_000))), ...unreadable },
  'more modules than any program has': {
    content: go(inlineBuildInfo('go1.21.3', 'dep\ta\t1\n'.repeat(100_001))),
    ...unreadable,
  },
  'a line of 4 MB of tabs': {
    content: go(inlineBuildInfo('go1.21.3', `dep${'\t'.repeat(4_000_000)}\n${lines}`)),
    reasons: [],
    packages: told,
  },
  'a text that is its own address': {
    content: go(
      changed(pointedBuildInfo('go1.17', lines, 8, true), (info) =>
        info.writeBigUInt64LE(BigInt(dataAddress + 16), 16),
      ),
    ),
    ...unreadable,
  },
  'a text as long as numbers go': {
    content: go(changed(pointedBuildInfo('go1.17', lines, 8, true), (info) => info.writeBigUInt64LE(largest, 40))),
    ...unreadable,
  },
  'addresses of no bytes': {
    content: go(changed(pointedBuildInfo('go1.17', lines, 8, true), (info) => (info[14] = 0))),
    ...unreadable,
  },

  // Lists of crates
  'a list of crates that inflates to 200 MB': {
    content: cargo(deflateSync(Buffer.alloc(200 * 1024 * 1024))),
    ...unreadable,
  },
  'a list of crates that is cut': { content: cargo(deflateSync(lines.repeat(100)).subarray(0, 30)), ...unreadable },
  'a list of crates that opens a million lists': { content: cargo(deflateSync('['.repeat(2_000_000))), ...unreadable },
  'a list of crates of half a million crates': {
    content: cargo(deflateSync(`{"packages":[${'{"name":"a","version":"1"},'.repeat(499_000)}0]}`)),
    ...unreadable,
  },
};

describe('a program', () => {
  it.each(Object.entries(attacks))('does no harm: %s', (_name, attack) =>
    expectFileWithstood({ path: 'usr/bin/tool', ...attack }),
  );
});
