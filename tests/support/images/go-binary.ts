import type { TarEntry } from '../../../server/src/service/demo/tar-archive.ts';

export interface GoModule {
  path: string;
  version: string;
}

const elfHeaderBytes = 64;
const programHeaderBytes = 56;
/** Where the file is loaded to. */
const base = 0x40_0000;
const sectionHeaderBytes = 64;
const sectionNames = '\0.shstrtab\0.go.buildinfo\0';
/** Go's linker wraps the module lines in 16 bytes before and 16 after. */
const start = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex');
const end = Buffer.from('f932433186182072008242104116d8f2', 'hex');

/**
 * A program for Linux as Go 1.18 and later link it, as far as it tells of its modules: ELF header, sections and
 * `.go.buildinfo`, without any code. `go version -m` reads it.
 */
export function goProgram(
  path: string,
  goVersion: string,
  main: GoModule,
  dependencies: readonly GoModule[],
): TarEntry {
  const lines = [
    `path\t${main.path}`,
    `mod\t${main.path}\t${main.version}\t`,
    ...dependencies.map((module) => `dep\t${module.path}\t${module.version}\th1:${'A'.repeat(43)}=`),
    '',
  ].join('\n');
  const information = Buffer.concat([
    Buffer.from('\xff Go buildinf:', 'latin1'),
    // Pointer size (unused) and the flag that says that the texts stand in line.
    Buffer.from([8, 2]),
    Buffer.alloc(16),
    counted(Buffer.from(goVersion)),
    counted(Buffer.concat([start, Buffer.from(lines), end])),
  ]);
  return { path, content: elf(information), mode: 0o755 };
}

/** A length as a varint, then the bytes. */
function counted(bytes: Buffer): Buffer {
  const prefix: number[] = [];
  let left = bytes.length;
  while (left >= 0x80) {
    prefix.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  return Buffer.concat([Buffer.from([...prefix, left]), bytes]);
}

/** One loaded segment and two sections. Source: System V ABI; 64 bits, little endian. */
function elf(buildInformation: Buffer): Buffer {
  const names = Buffer.from(sectionNames);
  const namesAt = elfHeaderBytes + programHeaderBytes;
  const informationAt = roundUp(namesAt + names.length, 16);
  const sectionsAt = roundUp(informationAt + buildInformation.length, 8);
  const file = Buffer.alloc(sectionsAt + 3 * sectionHeaderBytes);
  file.write('\x7fELF', 0, 'latin1');
  file.set([2, 1, 1], 4);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(elfHeaderBytes), 32);
  file.writeBigUInt64LE(BigInt(sectionsAt), 40);
  file.writeUInt16LE(elfHeaderBytes, 52);
  file.writeUInt16LE(programHeaderBytes, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt16LE(sectionHeaderBytes, 58);
  file.writeUInt16LE(3, 60);
  file.writeUInt16LE(1, 62);
  segment(file, elfHeaderBytes);
  file.set(names, namesAt);
  file.set(buildInformation, informationAt);
  section(file, sectionsAt + sectionHeaderBytes, { name: 1, type: 3, offset: namesAt, size: names.length, address: 0 });
  section(file, sectionsAt + 2 * sectionHeaderBytes, {
    name: 1 + '.shstrtab\0'.length,
    type: 1,
    offset: informationAt,
    size: buildInformation.length,
    address: base + informationAt,
  });
  return file;
}

function roundUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** The whole file, readable and writable. */
function segment(file: Buffer, at: number): void {
  file.writeUInt32LE(1, at);
  file.writeUInt32LE(6, at + 4);
  for (const field of [16, 24]) file.writeBigUInt64LE(BigInt(base), at + field);
  for (const field of [32, 40]) file.writeBigUInt64LE(BigInt(file.length), at + field);
  file.writeBigUInt64LE(4096n, at + 48);
}

function section(
  file: Buffer,
  at: number,
  { name, type, offset, size, address }: { name: number; type: number; offset: number; size: number; address: number },
): void {
  file.writeUInt32LE(name, at);
  file.writeUInt32LE(type, at + 4);
  // Writable and allocated, as Go's linker marks it.
  file.writeBigUInt64LE(address === 0 ? 0n : 3n, at + 8);
  file.writeBigUInt64LE(BigInt(address), at + 16);
  file.writeBigUInt64LE(BigInt(offset), at + 24);
  file.writeBigUInt64LE(BigInt(size), at + 32);
  file.writeBigUInt64LE(16n, at + 48);
}
