import { describe, expect, it } from 'vitest';
import { PackageUnreadable } from './extractor.ts';
import { OwnedList } from './owned-files.ts';

describe('the files of packages', () => {
  it('are kept where they may tell of packages themselves', () => {
    const list = new OwnedList();
    for (const path of ['usr/bin/x', 'usr/share/doc/x', 'usr/share/java/x.jar', `${'a'.repeat(5000)}.jar`])
      list.take(path);
    list.endPackage('a');
    list.endPackage('without any');
    expect(list.owned).toEqual([{ package: 'a', paths: ['usr/bin/x', 'usr/share/java/x.jar'] }]);
  });

  it.each([
    ['a path with a NUL, which no file has', 'usr/bin/\0', 'a'],
    ['a path with half a character', 'usr/bin/\ud83d', 'a'],
    ['those of a package without a name', 'usr/bin/x', ''],
    ['those of a package whose name is longer than any', 'usr/bin/x', 'a'.repeat(9000)],
  ])('are not: %s', (_what, path, name) => {
    const list = new OwnedList();
    list.take(path);
    list.endPackage(name);
    expect(list.owned).toEqual([]);
  });

  it('are not more than one can hold, where a few bytes repeat a long folder', () => {
    const list = new OwnedList();
    const folder = 'f'.repeat(4000);
    const takeMany = () => {
      for (let count = 0; count < 20_000; count += 1) list.take(`${folder}/${count}.jar`);
    };
    expect(takeMany).toThrow(PackageUnreadable);
  });
});
