import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { dpkgFiles } from './file-lists.ts';

const list =
  '/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/doc/x\n/usr/lib/python3/dist-packages/a-1.egg-info\n/usr/lib/python3/dist-packages/b.dist-info/METADATA\n';

describe('lists of files', () => {
  it.each([
    ['var/lib/dpkg/info/python3-a.list', list, 'python3-a'],
    ['var/lib/dpkg/info/libx:amd64.list', list, 'libx'],
    ['var/lib/dpkg/status.d/python3-a.md5sums', list.replaceAll(/^\//gm, `${'0'.repeat(32)}  `), 'python3-a'],
  ])('of dpkg name the package and those that may tell of others: %s', (path, text, name) => {
    expect(dpkgFiles.wants(path, { sizeBytes: 1, mode: 0o644 })).toBe(true);
    expect(dpkgFiles.extract(path, byteSource(text))).toEqual({
      packages: [],
      owned: [
        {
          package: name,
          paths: [
            'usr/bin/tool',
            'usr/lib/python3/dist-packages/a-1.egg-info',
            'usr/lib/python3/dist-packages/b.dist-info/METADATA',
          ],
        },
      ],
    });
  });

  it.each(['var/lib/dpkg/info/a.md5sums', 'var/lib/dpkg/a.list', 'var/lib/dpkg/info/a.conffiles'])(
    'are not %s',
    (path) => {
      expect(dpkgFiles.wants(path, { sizeBytes: 1, mode: 0o644 })).toBe(false);
    },
  );
});
