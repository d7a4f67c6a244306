import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathFilter } from './path-filter.ts';

describe('a filter of paths', () => {
  it('lets everything through that was added, whole or as the end of a path', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string(), (texts, before) => {
        const filter = new PathFilter();
        for (const text of texts) filter.add(text);
        for (const text of texts) {
          expect(filter.mayHold(text)).toBe(true);
          expect(filter.mayHold(before + text, before.length)).toBe(true);
        }
      }),
    );
  });

  it('keeps nearly all others back', () => {
    const filter = new PathFilter();
    for (let number = 0; number < 1000; number += 1) filter.add(`usr/lib/node_modules/package-${number}/package.json`);
    let through = 0;
    for (let number = 0; number < 10_000; number += 1) {
      if (filter.mayHold(`usr/share/doc/package-${number}/copyright`)) through += 1;
    }
    expect(through).toBeLessThan(500);
  });
});
