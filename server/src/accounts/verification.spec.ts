import { describe, expect, it } from 'vitest';
import { mayBecome, type Verification } from './verification.ts';

describe('verification', () => {
  it.each<[Verification, Verification, boolean]>([
    ['unverified', 'pending', true],
    ['unverified', 'verified', true],
    ['unverified', 'rejected', false],
    ['pending', 'verified', true],
    ['pending', 'rejected', true],
    ['rejected', 'verified', true],
    ['rejected', 'unverified', false],
    ['verified', 'rejected', false],
    ['verified', 'verified', false],
  ])('%s to %s: %s', (from, to, allowed) => {
    expect(mayBecome(from, to)).toBe(allowed);
  });
});
