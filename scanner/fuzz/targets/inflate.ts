import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Budget, BudgetExceeded } from '../../src/budget.ts';
import { BytesSupply } from '../../src/reading/byte-supply.ts';
import { LayerProblem } from '../../src/reading/layer-problem.ts';
import { openLayer } from '../../src/reading/open-layer.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';

const text = Buffer.from(Array.from({ length: 120 }, (_, index) => `line ${index * 7919}\n`).join(''));
const half = text.length / 2;
const skippable = Buffer.concat([Buffer.from('502a4d1804000000', 'hex'), Buffer.from('toc!')]);
const chunk = Buffer.alloc(64 * 1024);
const mostBytes = 8 * 1024 * 1024;

export const gzip: FuzzTarget = {
  seeds: [
    gzipSync(text),
    Buffer.concat([gzipSync(text.subarray(0, half)), gzipSync(text.subarray(half)), Buffer.alloc(100)]),
    gzipSync('x'.repeat(2000), { level: 0 }),
  ],
  words: ['\x1f\x8b\x08', '\x1f\x8b\x08\xff', '\0\0\xff\xff'],
  read,
};

export const zstd: FuzzTarget = {
  seeds: [
    zstdCompressSync(text),
    Buffer.concat([skippable, zstdCompressSync(text), skippable]),
    zstdCompressSync(Buffer.alloc(5000)),
  ],
  words: ['\x28\xb5\x2f\xfd', '\x50\x2a\x4d\x18\xff\xff\xff\xff'],
  read,
};

function read(input: Uint8Array): Outcome {
  let bytes = 0;
  try {
    const supply = openLayer(new BytesSupply(input), new Budget({ bytes: mostBytes }), true);
    for (let count = supply.read(chunk, 0, chunk.length); count > 0; count = supply.read(chunk, 0, chunk.length))
      bytes += count;
    promise(bytes <= mostBytes, 'more than the budget');
    return { word: 'ended', told: [bytes, supply.digest()] };
  } catch (error) {
    if (!(error instanceof LayerProblem) && !(error instanceof BudgetExceeded)) throw error;
    return { word: error.code, told: bytes };
  }
}
