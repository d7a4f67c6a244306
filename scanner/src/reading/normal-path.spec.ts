import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf, normalPath } from './normal-path.ts';

describe('a path of an archive', () => {
  it.each([
    ['usr/bin/env', 'usr/bin/env'],
    ['./usr/bin', 'usr/bin'],
    ['usr/', 'usr'],
    ['/etc/passwd', 'etc/passwd'],
    ['//etc//passwd', 'etc/passwd'],
    ['a/./b', 'a/b'],
    ['a/../b', 'b'],
    ['a/b/..', 'a'],
    ['.', ''],
    ['./', ''],
    ['/', ''],
    ['', ''],
    ['..a/b..', '..a/b..'],
    ['a\\..\\b', 'a\\..\\b'],
    ['../x', undefined],
    ['a/../../x', undefined],
    ['/..', undefined],
    ['./../x', undefined],
    ['a\0b', undefined],
    ['a'.repeat(5000), undefined],
  ])('%j is %j', (written, expected) => {
    expect(normalPath(written)).toBe(expected);
  });

  it('is normal once it was made so, and never leads out', () => {
    const written = fc.array(fc.constantFrom('a', 'b', '.', '..', '', 'c d')).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(written, (text) => {
        const path = normalPath(text);
        if (path === undefined) return;
        expect(normalPath(path)).toBe(path);
        expect(path.split('/').filter((part) => part === '..' || part === '.')).toEqual([]);
        expect(path.startsWith('/')).toBe(false);
      }),
    );
  });

  it.each([
    ['a', 0],
    ['a/b', 1],
    ['a/b/c', 2],
  ])('%s lies %i folders deep', (path, depth) => {
    expect(depthOf(path)).toBe(depth);
  });
});
