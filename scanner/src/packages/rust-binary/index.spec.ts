import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { elfProgram, inlineBuildInfo } from '../go-binary/fixtures/program-file.ts';
import { program } from '../program/index.ts';

const crates = {
  packages: [
    { name: 'app', version: '0.1.0', source: 'local', root: true, dependencies: [1] },
    { name: 'serde', version: '1.0.100', source: 'crates.io' },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
  ],
};
const options = { bits: 64, littleEndian: true } as const;
const rust = (list: Uint8Array) => elfProgram(list, { ...options, section: '.dep-v0' });
const audited = rust(deflateSync(JSON.stringify(crates)));

describe('crates in Rust programs', () => {
  it('are those that cargo auditable lists, without what only the build needed', () => {
    expect(readPackages(program, 'usr/bin/app', audited)).toEqual(['serde 1.0.100']);
  });

  it('are none where the program has no list, and Go programs are read as such', () => {
    expect(
      readPackages(program, 'usr/bin/app', elfProgram(Buffer.from('x'), { ...options, section: '.text' })),
    ).toEqual([]);
    const go = elfProgram(inlineBuildInfo('go1.21.3', 'mod\texample.org/tool\tv1.4.0\th1:abc=\n'), options);
    expect(readPackages(program, 'usr/bin/app', go)).toEqual(['stdlib go1.21.3', 'example.org/tool v1.4.0']);
  });

  it.each([
    ['not compressed', rust(Buffer.from(JSON.stringify(crates)))],
    ['not JSON', rust(deflateSync('{'))],
    ['a bomb', rust(deflateSync(Buffer.alloc(40 * 1024 * 1024)))],
  ])('are unreadable in a list that is %s', (_what, bytes) => {
    expect(() => program.extract('usr/bin/app', byteSource(bytes))).toThrow(/list of crates/);
  });

  it('never stop a scan', () => expectHarmless(program, 'usr/bin/app', [audited]));
});
