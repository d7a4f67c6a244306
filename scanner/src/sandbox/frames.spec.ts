import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BufferedFrames, SyncFrames } from './frames.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-frames-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(frames: readonly { kind: number; content: Uint8Array }[]): string {
  const path = join(folder, 'frames');
  const fd = openSync(path, 'w');
  try {
    const writer = new BufferedFrames(fd);
    for (const { kind, content } of frames) writer.write(kind, content);
    writer.flush();
  } finally {
    closeSync(fd);
  }
  return path;
}

function read(path: string): { kind: number; content: Uint8Array }[] {
  const fd = openSync(path, 'r');
  try {
    const reader = new SyncFrames(fd);
    const frames: { kind: number; content: Uint8Array }[] = [];
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      const content = Buffer.alloc(next.length);
      expect(reader.fill(content, 0, next.length)).toBe(true);
      frames.push({ kind: next.kind, content: new Uint8Array(content) });
    }
    return frames;
  } finally {
    closeSync(fd);
  }
}

describe('frames that are written together', () => {
  it('come out as they went in, whatever their sizes', () => {
    // Around the size of the buffer, above it, and many small ones.
    const size = fc.oneof(fc.nat(40), fc.integer({ min: 65_500, max: 65_560 }), fc.constant(200_000));
    const one = fc.record({ kind: fc.nat(255), size, byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (sizes) => {
        const frames = sizes.map(({ kind, size: length, byte }) => ({
          kind,
          content: new Uint8Array(length).fill(byte),
        }));
        expect(read(written(frames))).toEqual(frames);
      }),
      { numRuns: 50 },
    );
  });

  it('stay in order with what is too large to wait', () => {
    const large = new Uint8Array(100_000).fill(7);
    const bytes = readFileSync(
      written([
        { kind: 1, content: new Uint8Array([1]) },
        { kind: 2, content: large },
      ]),
    );
    expect(bytes.length).toBe(5 + 1 + 5 + 100_000);
    expect([...bytes.subarray(0, 6)]).toEqual([1, 0, 0, 0, 1, 1]);
    expect(bytes[6]).toBe(2);
  });
});
