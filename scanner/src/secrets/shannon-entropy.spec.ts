import { describe, expect, it } from 'vitest';
import { shannonEntropy } from './shannon-entropy.ts';

describe('Shannon entropy, in bits', () => {
  it.each([
    ['', 0],
    ['aaaa', 0],
    ['ab', 1],
    ['abcd', 2],
    ['0123456789abcdef', 4],
    ['aaab', 0.811_278],
  ])('of %s is %d', (text, bits) => {
    expect(shannonEntropy(text)).toBeCloseTo(bits, 5);
  });
});
