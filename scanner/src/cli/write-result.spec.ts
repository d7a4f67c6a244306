import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileWhole, writeToStream } from './write-result.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeFileWhole', () => {
  it('replaces a file by another one, so that who reads the old one reads on', async () => {
    const path = join(folder, 'report.json');
    writeFileSync(path, 'old');
    chmodSync(path, 0o600);
    const { ino } = statSync(path);
    await writeFileWhole(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).ino).not.toBe(ino);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['report.json']);
  });

  it('leaves a link in its place and writes what it points to', async () => {
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', join(folder, 'link'));
    await writeFileWhole(join(folder, 'link'), 'new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it('writes into a pipe instead of replacing it', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    let read = '';
    reader.stdout.on('data', (data: Buffer) => (read += data.toString()));
    const ended = new Promise((resolve) => reader.on('close', resolve));
    await writeFileWhole(pipe, 'through');
    await ended;
    expect(read).toBe('through');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it.each([
    ['a folder', 'EISDIR'],
    ['missing/report.json', 'ENOENT'],
  ])('fails for %s and leaves nothing behind', async (name, code) => {
    mkdirSync(join(folder, 'a folder'));
    await expect(writeFileWhole(join(folder, name), 'text')).rejects.toMatchObject({ code });
    expect(readdirSync(folder)).toEqual(['a folder']);
  });
});

describe('writeToStream', () => {
  it('takes a reader that has gone for the end', async () => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    await writeToStream(gone, 'text');
  });

  it('does not take a full disk for it', async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' })),
    });
    await expect(writeToStream(full, 'text')).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
