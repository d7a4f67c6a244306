import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InflateFailed, inflateWhole } from './inflate-engine.ts';

const text = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `line ${index * 7919}\n`).join(''));

describe('a few bytes', () => {
  it.each([0, 1, 16_383, 16_384, 16_385, 48 * 1024, text.length])('are inflated as a whole: %i', (length) => {
    const part = text.subarray(0, length);
    expect(Buffer.from(inflateWhole(deflateRawSync(part), 'deflate-raw', length)).equals(part)).toBe(true);
    expect(Buffer.from(inflateWhole(deflateSync(part), 'deflate', length)).equals(part)).toBe(true);
  });

  it.each([
    ['broken', Buffer.alloc(100, 0xff)],
    ['cut', deflateRawSync(text).subarray(0, -1)],
    ['none', Buffer.alloc(0)],
    ['more than they may be', deflateRawSync(Buffer.alloc(64 * 1024 * 1024))],
  ])('are refused: %s', (_what, bytes) => {
    expect(() => inflateWhole(bytes, 'deflate-raw', text.length)).toThrow(InflateFailed);
  });

  it('that are broken leave nothing behind, though no event loop turns', () => {
    const broken = Buffer.alloc(100, 0xff);
    const before = process.memoryUsage().external;
    for (let round = 0; round < 20_000; round += 1) {
      expect(() => inflateWhole(broken, 'deflate-raw', 1)).toThrow(InflateFailed);
    }
    expect(process.memoryUsage().external - before).toBeLessThan(200 * 1024 * 1024);
  });
});
