import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Budget, BudgetExceeded, ratioFloorBytes } from '../budget.ts';
import { type ByteSupply, BytesSupply } from './byte-supply.ts';
import { compressionOf } from './compression.ts';
import { LayerProblem } from './layer-problem.ts';
import { openLayer } from './open-layer.ts';

function unpack(stored: Uint8Array, hashed = false): Buffer {
  return readAll(openLayer(new BytesSupply(stored), new Budget(), hashed));
}

function readAll(supply: ByteSupply, chunkBytes = 7000): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(chunkBytes);
    const count = supply.read(chunk, 0, chunkBytes);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
  }
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LayerProblem || error instanceof BudgetExceeded) return error.code;
    throw error;
  }
  return 'none';
}

const text = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `line ${index * 7919}\n`).join(''));
const half = text.length / 2;
/** A skippable frame, as zstd:chunked and eStargz-like layouts carry their tables. */
const skippable = Buffer.concat([Buffer.from('502a4d1804000000', 'hex'), Buffer.from('toc!')]);

describe('a compressed layer', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['gzip in several members', Buffer.concat([gzipSync(text.subarray(0, half)), gzipSync(text.subarray(half))])],
    ['gzip with zeros behind', Buffer.concat([gzipSync(text), Buffer.alloc(2000)])],
    ['zstd', zstdCompressSync(text)],
    [
      'zstd in several frames',
      Buffer.concat([zstdCompressSync(text.subarray(0, half)), zstdCompressSync(text.subarray(half))]),
    ],
    ['zstd with tables before and behind', Buffer.concat([skippable, zstdCompressSync(text), skippable])],
    ['plain', text],
  ])('is read: %s', (_, stored) => {
    expect(unpack(stored).equals(text)).toBe(true);
  });

  it.each([
    ['gzip, cut off', gzipSync(text).subarray(0, -10), 'layer-truncated'],
    ['gzip, cut off in its first bytes', gzipSync(text).subarray(0, 8), 'layer-truncated'],
    ['zstd, cut off', zstdCompressSync(text).subarray(0, -10), 'layer-truncated'],
    ['gzip with something else behind', Buffer.concat([gzipSync(text), Buffer.from('garbage')]), 'layer-corrupt'],
    [
      'zstd with something else behind',
      Buffer.concat([zstdCompressSync(text), Buffer.from('garbage')]),
      'layer-corrupt',
    ],
    ['gzip with a broken byte', broken(gzipSync(text), 2000), 'layer-corrupt'],
    ['zstd with a broken byte', broken(zstdCompressSync(text), 10), 'layer-corrupt'],
    ['xz', Buffer.from('fd377a585a00', 'hex'), 'layer-unsupported'],
    ['bzip2', Buffer.from('425a68393141', 'hex'), 'layer-unsupported'],
    ['lz4', Buffer.from('04224d186040', 'hex'), 'layer-unsupported'],
  ])('tells what is wrong: %s', (_, stored, code) => {
    expect(codeOf(() => unpack(stored))).toBe(code);
  });

  it('gives the digest of what it unpacks to', () => {
    const supply = openLayer(new BytesSupply(zstdCompressSync(text)), new Budget(), true);
    readAll(supply);
    expect(supply.digest()).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  });

  it.each([
    ['gzip', bomb((bytes) => gzipSync(bytes, { level: 9 }))],
    ['zstd', bomb((bytes) => zstdCompressSync(bytes))],
  ])('stops at a bomb: %s', (_, stored) => {
    expect(stored.length).toBeLessThan(ratioFloorBytes / 200);
    expect(codeOf(() => readToNowhere(openLayer(new BytesSupply(stored), new Budget(), false)))).toBe('budget-ratio');
  });

  it('stops when the bytes are used up', () => {
    const budget = new Budget({ bytes: 100_000 });
    expect(codeOf(() => readAll(openLayer(new BytesSupply(gzipSync(text)), budget, false)))).toBe('budget-bytes');
    expect(budget.left().bytes).toBe(0);
  });

  it('is known by its first bytes only', () => {
    expect(compressionOf(Buffer.from('1f'))).toBe('none');
    expect(compressionOf(Buffer.alloc(0))).toBe('none');
  });
});

/** Zeros, unpacking to a little more than what is suspicious. */
function bomb(compress: (bytes: Buffer) => Buffer): Buffer {
  const member = compress(Buffer.alloc(16 * 1024 * 1024));
  return Buffer.concat(Array.from({ length: ratioFloorBytes / (16 * 1024 * 1024) + 1 }, () => member));
}

function broken(stored: Buffer, from: number): Buffer {
  const copy = Buffer.from(stored);
  for (let at = from; at < from + 20; at += 1) copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

function readToNowhere(supply: ByteSupply): void {
  const chunk = Buffer.alloc(1024 * 1024);
  while (supply.read(chunk, 0, chunk.length) > 0);
}
