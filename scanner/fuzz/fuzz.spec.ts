import { describe, expect, it } from 'vitest';
import { makeInput } from './mutate.ts';
import { shrink } from './shrink.ts';
import { fewerInputs, targets } from './targets/index.ts';

/** Few beside those of `npm run fuzz`: they show that the targets themselves are right. */
const inputs = 150;
/** Those that count and kill the children of their process need one of their own: here are those of other tests, too. */
const inAnyProcess = Object.keys(targets).filter((name) => !fewerInputs.has(name));

describe('fuzzing', () => {
  it.each(inAnyProcess)('finds nothing in its first inputs: %s', async (name) => {
    const target = await targets[name]?.();
    if (target === undefined) throw new Error(name);
    const words = new Set<string>();
    for (const seed of target.seeds) words.add((await target.read(seed)).word);
    for (let number = 0; number < inputs; number += 1) {
      words.add((await target.read(makeInput(target, 7, number))).word);
    }
    target.close?.();
    // Broken inputs are told from whole ones.
    expect(words.size).toBeGreaterThan(name === 'apk' ? 0 : 1);
  });

  it('makes the same input again from the same numbers, and others from others', () => {
    const target = { seeds: [Buffer.from('{"name":"a"}'), Buffer.from('text')], words: ['word'] };
    const made = (seed: number) =>
      Array.from({ length: 300 }, (_, number) => Buffer.from(makeInput(target, seed, number)));
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
    expect(new Set(made(1).map(String)).size).toBeGreaterThan(150);
  });

  it('leaves of a find what it needs', async () => {
    const input = Buffer.from(`${'x'.repeat(300)}bad${'y'.repeat(300)}`);
    const shortest = await shrink(input, async (one) => Buffer.from(one).includes('bad'));
    expect(Buffer.from(shortest).toString()).toBe('bad');
  });
});
