import { describe, expect, it } from 'vitest';
import { wantsSecrets } from './index.ts';

const MIB = 1_048_576;

describe('which files are looked into for secrets', () => {
  it.each([
    ['app/.env', 'KEY=value', 200, true],
    ['app/package-lock.json', '{', 2 * MIB, true],
    ['app/bundle.min.js', '(()=>', 2 * MIB, true],
    ['root/.ssh/id_rsa', '-----BEGIN', 2000, true],
    ['app/data.sqlite', 'SQLite format 3\0', MIB, true],
    ['app/data.sqlite', 'SQLite format 3\0', 5 * MIB, false],
    ['app/dump.sql', 'INSERT', 100 * MIB, true],
    ['app/dump.sql', 'INSERT', 200 * MIB, false],
    ['etc/x', 'abc', 3, false],
    ['usr/bin/ls', '\x7fELF', 100_000, false],
    ['app/x.gz', '\x1f\x8b', 100_000, false],
    ['app/logo.png', '\x89PNG', 100_000, false],
    ['app/__pycache__/a.pyc', '\x00', 1000, false],
    ['app/go.sum', 'github.com', 1000, false],
    ['var/lib/dpkg/info/curl.list', '/usr', 1000, false],
    ['var/lib/dpkg/info/curl.postinst', '#!/bin/sh', 1000, true],
    ['usr/share/zoneinfo/UTC', 'TZif', 1000, false],
    ['usr/lib/locale/C.utf8/LC_CTYPE', '\x17\x11\x03\x20', 350_000, false],
    ['usr/lib/postgresql/15/lib/types.bc', 'BC\xc0\xde', 20_000, false],
    ['usr/share/fonts/x.pfb', '\x80\x01', 20_000, false],
    ['usr/lib/python3/dist-packages/babel/locale-data/de.dat', '\x80\x04', 20_000, false],
  ])('%s beginning %j of %d bytes', (path, head, sizeBytes, expected) => {
    expect(wantsSecrets(path, Buffer.from(head, 'latin1'), sizeBytes)).toBe(expected);
  });
});
