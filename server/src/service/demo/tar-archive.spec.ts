import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tarArchive } from './tar-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-tar-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** GNU tar is the judge. */
function tar(...args: string[]): string {
  return execFileSync('tar', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
}

it('writes what tar unpacks: files, folders, links, long and foreign names', () => {
  const long = `${'deep/'.repeat(40)}größe-漢字.txt`;
  const archive = join(folder, 'a.tar');
  writeFileSync(
    archive,
    tarArchive([
      { path: 'etc', folder: true },
      { path: 'etc/empty', content: '' },
      { path: 'etc/block', content: Buffer.alloc(512, 'x') },
      { path: 'bin/run', content: '#!/bin/sh\n', mode: 0o755 },
      { path: 'bin/link', target: 'run' },
      { path: 'bin/far', target: `../${'x'.repeat(120)}` },
      { path: 'bin/same', target: 'bin/run', hard: true },
      { path: long, content: 'deep' },
    ]),
  );
  tar('-xf', archive, '-C', folder, '--warning=no-timestamp');
  expect(readFileSync(join(folder, long), 'utf8')).toBe('deep');
  expect(readFileSync(join(folder, 'etc/block'))).toHaveLength(512);
  expect(statSync(join(folder, 'bin/run')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(folder, 'bin/link'))).toBe('run');
  expect(readlinkSync(join(folder, 'bin/far'))).toBe(`../${'x'.repeat(120)}`);
  expect(statSync(join(folder, 'bin/same')).ino).toBe(statSync(join(folder, 'bin/run')).ino);
  expect(tar('-tvf', archive).split('\n')[0]).toMatch(/^drwxr-xr-x root\/root +0 2021-08-14 00:00 etc\/$/);
});

it('writes the same bytes for the same entries', () => {
  const entries = [{ path: 'a', content: 'b' }];
  expect(tarArchive(entries)).toEqual(tarArchive(entries));
});
