import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateFolder } from './compiled-code.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-compiled-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('compiled code', () => {
  it('is kept where nobody else may write', () => {
    const path = join(folder, 'a/b');
    expect(privateFolder(path)).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(privateFolder(path)).toBe(path);
  });

  it.each<[string, (path: string) => void]>([
    ['a folder that all may write to', (path) => (mkdirSync(path), chmodSync(path, 0o777))],
    ['a folder that a group may write to', (path) => (mkdirSync(path), chmodSync(path, 0o770))],
    ['a link', (path) => symlinkSync('/', path)],
    ['a file', (path) => writeFileSync(path, '')],
  ])('is not kept in %s', (what, make) => {
    const path = join(folder, what);
    make(path);
    expect(privateFolder(path)).toBeUndefined();
  });
});
