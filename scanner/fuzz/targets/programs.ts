import { deflateSync } from 'node:zlib';
import {
  elfProgram,
  inlineBuildInfo,
  machOProgram,
  peProgram,
  pointedBuildInfo,
} from '../../src/packages/go-binary/fixtures/program-file.ts';
import { program } from '../../src/packages/program/index.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { extractorTarget } from './extractor-target.ts';

const modules =
  'path\texample.org/a\nmod\texample.org/a\tv1.4.0\th1:abc=\ndep\tgolang.org/x/net\tv0.17.0\th1:abc=\n=>\t./local\t(devel)\nbuild\t-compiler=gc\n';
const inline = inlineBuildInfo('go1.21.3', modules);
const crates = deflateSync(JSON.stringify({ packages: [{ name: 'serde', version: '1.0.100', source: 'crates.io' }] }));
const path = 'usr/bin/tool';
const words = ['\xff Go buildinf:', '.go.buildinfo', '.dep-v0', '=>\t', 'dep\t', 'v0.0.0-20230203172020-98cc5a0785f9'];

const of = (...seeds: Uint8Array[]): FuzzTarget => extractorTarget({ extractor: program, path, seeds, words });

export const goElf = of(
  elfProgram(inline, { bits: 64, littleEndian: true }),
  elfProgram(inline, { bits: 32, littleEndian: false }),
  elfProgram(pointedBuildInfo('go1.17', modules, 8, true), { bits: 64, littleEndian: true }),
);
export const goPe = of(peProgram(inline));
export const goMachO = of(machOProgram(inline));
export const cargoAuditable = of(elfProgram(crates, { bits: 64, littleEndian: true, section: '.dep-v0' }));
