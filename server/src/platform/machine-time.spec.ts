import { expect, it } from 'vitest';
import { machineTime, monotonicMs } from './machine-time.ts';

it('machine time is now', () => {
  const before = performance.timeOrigin + performance.now();
  expect(Math.abs(machineTime().epochMilliseconds - before)).toBeLessThan(5_000);
});

it('the monotonic time never goes back', () => {
  const readings = Array.from({ length: 1_000 }, monotonicMs);
  expect(readings).toEqual(readings.toSorted((a, b) => a - b));
});
