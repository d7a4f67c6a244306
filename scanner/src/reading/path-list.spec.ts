import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathPacker, unpackFolders, unpackPaths } from './path-list.ts';

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

  it('gives back every file in its order, folder by folder', () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const packer = new PathPacker();
        for (const one of paths) packer.addFile(one);
        const list = packer.finish();
        expect([...unpackPaths(list)].map((one) => one.path)).toEqual(paths);
        const folders = [...unpackFolders(list)];
        for (const { folder, paths: inside } of folders) {
          for (const { path: one } of inside()) {
            expect(one.slice(0, Math.max(0, one.lastIndexOf('/')))).toBe(folder);
          }
        }
        // Those of one folder that follow one another come together.
        for (const [index, { folder }] of folders.entries()) expect(folders[index + 1]?.folder).not.toBe(folder);
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

  it('lists files of one folder together, whatever their names are', () => {
    fc.assert(
      fc.property(path, fc.uniqueArray(component, { minLength: 1 }), (folder, names) => {
        const [only, ...more] = unpackFolders(pack(...names.map((name) => `${folder}/${name}`)));
        expect(more).toEqual([]);
        expect([...(only?.paths() ?? [])].map((one) => one.path)).toEqual(names.map((name) => `${folder}/${name}`));
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
