import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('lets one second’s worth through at once, then as it fills', () => {
    const rate = createRateLimit(20);
    const at = (ms: number, count: number) =>
      Array.from({ length: count }, () => rate.take('a', ms)).filter(Boolean).length;
    expect(at(0, 30)).toBe(20);
    expect(at(49, 5)).toBe(0);
    expect(at(50, 5)).toBe(1);
    expect(at(1050, 30)).toBe(20);
  });

  it('counts each key for itself', () => {
    const rate = createRateLimit(1);
    expect([rate.take('a', 0), rate.take('a', 0), rate.take('b', 0)]).toEqual([true, false, true]);
  });

  it('forgets keys that are full again', () => {
    const rate = createRateLimit(1);
    for (let key = 0; key < 30_000; key += 1) rate.take(String(key), key);
    expect([rate.take('0', 30_000), rate.take('29999', 30_000)]).toEqual([true, false]);
  });
});
