import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meetsGlob } from './meets-glob.ts';

describe('a glob', () => {
  it.each([
    ['srv/app/.env', 'srv/app/.env', true],
    ['srv/app/.env', 'srv/app/.env.old', false],
    ['srv/*/.env', 'srv/app/.env', true],
    ['srv/*/.env', 'srv/a/b/.env', false],
    ['srv/**', 'srv/a/b/c', true],
    ['srv/**', 'srv', true],
    ['srv/**', 'srvx/a', false],
    ['**/test/**', 'a/b/test/c', true],
    ['**/test/**', 'test/c', true],
    ['**/test/**', 'a/tests/c', false],
    ['**/*.pem', 'etc/ssl/a.pem', true],
    ['**/a*b?c', 'x/a123bXc', true],
    ['**/a*b?c', 'x/a123bc', false],
    ['?', '漢', true],
    ['env:AWS_*', 'env:AWS_SECRET', true],
    ['**', '', true],
    ['*', 'a/b', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%s meets %s: %s', (glob, path, wanted) => {
    expect(meetsGlob(glob, path)).toBe(wanted);
  });

  it('agrees with an expression that says the same', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 10 });
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
    fc.assert(
      fc.property(glob, path, (pattern, text) => {
        // `**` means folders where it stands alone between slashes; elsewhere two stars are as good as one.
        const parts = pattern.split('/').map((part) => {
          if (part === '**') return '(?:[^/]*/)*';
          return `${part.replaceAll(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}/`;
        });
        expect(meetsGlob(pattern, text)).toBe(new RegExp(`^${parts.join('')}$`).test(`${text}/`));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer than both lengths multiplied, whatever it is', () => {
    const steps = Array.from({ length: 2000 }, () => 'a');
    // An expression would go through all ways to share the folders out, and not come back.
    expect(meetsGlob(`${'**/a/'.repeat(500)}b`, steps.join('/'))).toBe(false);
    expect(meetsGlob(`${'*a'.repeat(500)}b`, steps.join(''))).toBe(false);
  });
});
