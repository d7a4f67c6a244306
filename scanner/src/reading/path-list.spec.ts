import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathPacker, unpackPaths } from './path-list.ts';

function pack(...paths: string[]): string {
  const packer = new PathPacker();
  for (const path of paths) {
    if (path.endsWith('/')) packer.addFolder(path.slice(0, -1));
    else packer.addFile(path);
  }
  return packer.finish();
}

function unpack(list: string): string[] {
  return [...unpackPaths(list)].map(({ path, isFolder }) => (isFolder ? `${path}/` : path));
}

describe('a path list', () => {
  it('shares what paths have in common', () => {
    expect(pack('usr/bin/a', 'usr/bin/b', 'var/')).toBe('0/usr/bin/a//2/b//0/var/');
  });

  it.each([
    ['folders with something in them are told by it', ['a/', 'a/b/', 'a/b/c', 'd/'], ['a/b/c', 'd/']],
    ['empty folders stay', ['a/', 'b/', 'b/c/', 'd'], ['a/', 'b/c/', 'd']],
    ['a folder beside a file of a longer name', ['a/', 'ab'], ['a/', 'ab']],
    ['nothing', [], []],
  ])('%s', (_, paths, expected) => {
    expect(unpack(pack(...paths))).toEqual(expected);
  });

  const component = fc.stringMatching(/^[a-c0-9:. ]{1,3}$/).filter((text) => text !== '.' && text !== '..');
  const path = fc.array(component, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));

  it('gives back every file in its order, and what it shares with the one before', () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const packer = new PathPacker();
        for (const one of paths) packer.addFile(one);
        const listed = [...unpackPaths(packer.finish())];
        expect(listed.map((one) => one.path)).toEqual(paths);
        for (const [index, { path: one, shared }] of listed.entries()) {
          const before = listed[index - 1]?.path.split('/') ?? [];
          expect(one.split('/').slice(0, shared)).toEqual(before.slice(0, shared));
        }
      }),
    );
  });

  it('gives back every path that a folder or file stands at, above or below', () => {
    const entry = fc.tuple(path, fc.boolean()).map(([one, isFolder]) => (isFolder ? `${one}/` : one));
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const listed = unpack(pack(...entries));
        for (const one of entries) expect(listed.some((other) => other === one || other.startsWith(one))).toBe(true);
        for (const one of listed) expect(entries).toContain(one);
      }),
    );
  });

  it('takes any text without an error, and comes to an end', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[/0-9a-z]{0,40}$/), (text) => {
        expect([...unpackPaths(text)].length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
