import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive, oldDebianImage } from '../../../tests/support/images/index.ts';
import { parseScanArguments } from './parse-arguments.ts';
import { startEarly } from './start-early.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-early-'));
  const archive = dockerArchive(oldDebianImage());
  writeFileSync(join(folder, 'debian.tar'), archive);
  writeFileSync(join(folder, 'debian.tar.gz'), gzipSync(archive));
  expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...argv: string[]): ReturnType<typeof startEarly> {
  return startEarly(parseScanArguments(argv, folder), folder);
}

describe('an early start', () => {
  it('hands its archive over once, and to nobody who wants another', async () => {
    const early = start('debian.tar', '--scanners', 'packages');
    expect(early?.takeFile(join(folder, 'other.tar'))).toBeUndefined();
    const fd = early?.takeFile(join(folder, 'debian.tar'));
    expect(fd).toBeGreaterThan(2);
    expect(early?.takeFile(join(folder, 'debian.tar'))).toBeUndefined();
    await early?.close();
    // Who has taken it closes it: it is still open.
    expect(() => closeSync(fd ?? -1)).not.toThrow();
  });

  it.each([
    [['nowhere.tar']],
    [['.']],
    [['pipe']],
    [['debian.tar.gz']],
    [['docker-archive:debian.tar']],
    [['debian.tar', '--cache-dir', 'cache']],
    [['debian.tar', '--secret-rules', 'mine.toml']],
  ])('is not made for %j', (argv) => {
    expect(start(...argv)).toBeUndefined();
  });
});
