import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWhen } from '../../../../tests/support/requirements.ts';
import { PackageUnreadable } from '../extractor.ts';
import { byteSource } from '../fixtures/byte-source.ts';
import { hostileBytes } from '../fixtures/hostile-bytes.ts';
import { elfProgram, inlineBuildInfo, machOProgram, peProgram, pointedBuildInfo } from './fixtures/program-file.ts';
import { goBinary } from './index.ts';

const modules = [
  'path\texample.org/tool/cmd',
  'mod\texample.org/tool\tv1.4.0\th1:abc=',
  'dep\tgolang.org/x/net\tv0.17.0\th1:abc=',
  'dep\tgithub.com/old/lib\tv1.0.0',
  '=>\tgithub.com/fork/lib\tv1.0.1\th1:abc=',
  'dep\texample.org/local\tv0.0.0-00010101000000-000000000000',
  '=>\t./local\t(devel)',
  'dep\tgithub.com/pseudo/x\tv0.0.0-20230203172020-98cc5a0785f9\th1:abc=',
  'dep\tgithub.com/big/y\tv3.2.0+incompatible\th1:abc=',
  'build\t-compiler=gc',
  'build\tvcs.revision=abc',
  '',
].join('\n');

const expected = [
  'stdlib go1.21.3',
  'example.org/tool v1.4.0',
  'golang.org/x/net v0.17.0',
  'github.com/fork/lib v1.0.1',
  'github.com/pseudo/x v0.0.0-20230203172020-98cc5a0785f9',
  'github.com/big/y v3.2.0+incompatible',
];

function read(bytes: Uint8Array): string[] {
  return goBinary.extract('usr/bin/tool', byteSource(bytes)).packages.map(({ name, version }) => `${name} ${version}`);
}

const inline = inlineBuildInfo('go1.21.3', modules);
const little64 = { bits: 64, littleEndian: true } as const;

const programs: [string, Buffer][] = [
  ['ELF of 64 bits', elfProgram(inline, little64)],
  ['ELF of 32 bits', elfProgram(inline, { bits: 32, littleEndian: true })],
  ['ELF of 64 bits, big endian', elfProgram(inline, { bits: 64, littleEndian: false })],
  ['ELF without a table of sections', elfProgram(inline, { ...little64, withoutSections: true })],
  ['PE', peProgram(inline)],
  ['Mach-O', machOProgram(inline)],
  ['ELF of Go before 1.18', elfProgram(pointedBuildInfo('go1.21.3', modules, 8, true), little64)],
  [
    'ELF of Go before 1.18, 32 bits, big endian',
    elfProgram(pointedBuildInfo('go1.21.3', modules, 4, false), { bits: 32, littleEndian: false }),
  ],
  ['Mach-O of Go before 1.18', machOProgram(pointedBuildInfo('go1.21.3', modules, 8, true))],
];

describe('modules in Go programs', () => {
  it.each([
    ['usr/bin/tool', 5000, 0o755, true],
    ['usr/bin/tool', 5000, 0o644, false],
    ['usr/bin/tool', 100, 0o755, false],
    ['opt/tool.exe', 5000, 0o644, true],
  ])('are looked for in %s of %d bytes and mode %d: %s', (path, sizeBytes, mode, wanted) => {
    expect(goBinary.wants(path, { sizeBytes, mode })).toBe(wanted);
  });

  it.each(programs)('are found in %s', (_what, program) => {
    expect(read(program)).toEqual(expected);
  });

  it.each([
    ['of a program without modules', inlineBuildInfo('go1.20', ''), ['stdlib go1.20']],
    ['with a toolchain of experiments', inlineBuildInfo('go1.22.1 X:boringcrypto', ''), ['stdlib go1.22.1']],
    ['with a toolchain between releases', inlineBuildInfo('devel +0123abc', modules), expected.slice(1)],
    ['of a main module under work', inlineBuildInfo('go1.20', 'mod\ta.org/b\t(devel)\t\n'), ['stdlib go1.20']],
    ['with a replacement of nothing', inlineBuildInfo('go1.20', '=>\ta.org/b\tv1.0.0\n'), ['stdlib go1.20']],
    ['with lines cut short', inlineBuildInfo('go1.20', 'dep\ndep\ta.org/b\nmod\n'), ['stdlib go1.20']],
    ['with control characters', inlineBuildInfo('go1.20', 'dep\ta.org/\u001bb\tv1.0.0\n'), ['stdlib go1.20']],
  ])('%s', (_what, info, packages) => {
    expect(read(elfProgram(info, little64))).toEqual(packages);
  });

  it.each([
    ['a script', Buffer.from(`#!/bin/sh\n${'echo hello\n'.repeat(100)}`)],
    ['a program of another language', elfProgram(Buffer.alloc(1000), little64)],
    ['a program that only speaks of build information', elfProgram(Buffer.from('\xff Go buildinf:', 'utf8'), little64)],
    ['nothing', Buffer.alloc(0)],
    ['the beginning of a program', elfProgram(inline, little64).subarray(0, 30)],
    ['headers that lie', elfProgram(inline, little64).fill(0xff, 16, 64)],
  ])('are none in %s', (_what, bytes) => {
    expect(read(bytes)).toEqual([]);
  });

  it.each([
    ['a length without an end', Buffer.concat([inline.subarray(0, 32), Buffer.alloc(10, 0xff)])],
    ['a length beyond the file', Buffer.concat([inline.subarray(0, 32), Buffer.from([0xff, 0x7f])])],
    ['a length beyond all measure', Buffer.concat([inline.subarray(0, 32), Buffer.from([0xff, 0xff, 0xff, 0x7f])])],
    ['a broken pointer size', Buffer.concat([inline.subarray(0, 14), Buffer.from([3, 0]), Buffer.alloc(200)])],
    ['pointers to nowhere', Buffer.concat([inline.subarray(0, 14), Buffer.from([8, 0]), Buffer.alloc(200, 0x7f)])],
  ])('cannot be read with %s', (_what, info) => {
    expect(() => read(elfProgram(info, little64))).toThrow(PackageUnreadable);
  });

  it('never stop a scan', () => {
    fc.assert(
      fc.property(hostileBytes(programs.map(([, program]) => program)), (bytes) => {
        try {
          for (const line of read(bytes)) expect(line).not.toMatch(/^ | $/);
        } catch (error) {
          expect(error).toBeInstanceOf(PackageUnreadable);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const go = spawnSync('go', ['version']).status === 0;

describeWhen(go ? undefined : 'not-installed:go', 'programs that Go itself built', () => {
  /** One dependency in `vendor`, one replaced by a folder: no network is needed. */
  const files = {
    'go.mod': [
      'module example.org/hello',
      'go 1.18',
      'require example.org/dep v1.2.3',
      'require example.org/near v0.1.0',
      'replace example.org/near => ./near',
    ],
    'main.go': [
      'package main',
      'import "example.org/dep"',
      'import "example.org/near"',
      'func main() { println(dep.Name, near.Name) }',
    ],
    'near/go.mod': ['module example.org/near'],
    'vendor/modules.txt': [
      '# example.org/dep v1.2.3',
      '## explicit',
      'example.org/dep',
      '# example.org/near v0.1.0 => ./near',
      '## explicit',
      'example.org/near',
      '# example.org/near => ./near',
    ],
    'vendor/example.org/dep/dep.go': ['package dep', 'var Name = "dep"'],
    'vendor/example.org/near/near.go': ['package near', 'var Name = "near"'],
  };

  function build(system: string): { program: Buffer; told: string } {
    const folder = mkdtempSync(join(tmpdir(), 'go-binary-'));
    try {
      for (const [path, lines] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), `${lines.join('\n')}\n`);
      }
      const env = { ...process.env, GOOS: system, GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
      execFileSync('go', ['build', '-mod=vendor', '-o', 'program', '-ldflags=-s -w', '.'], { cwd: folder, env });
      const told = execFileSync('go', ['version', '-m', 'program'], { cwd: folder, encoding: 'utf8' });
      return { program: readFileSync(join(folder, 'program')), told };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each(['linux', 'windows'])('for %s: as `go version -m` tells', { timeout: 300_000 }, (system) => {
    const { program, told } = build(system);
    expect(told).toContain('dep\texample.org/dep\tv1.2.3');
    expect(told).toContain('=>\t./near');
    expect(read(program)).toEqual([`stdlib ${told.split(': ')[1]?.split('\n')[0]}`, 'example.org/dep v1.2.3']);
  });
});
