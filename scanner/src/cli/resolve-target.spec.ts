import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveTarget } from './resolve-target.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wharfinger-target-'));
  mkdirSync(join(cwd, 'localhost/rootfs'), { recursive: true });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it('takes what exists from where the user stands for a path', () => {
  expect(resolveTarget('localhost/rootfs', cwd)).toBe('localhost/rootfs');
  expect(resolveTarget('localhost/rootfs', '/')).toBe('http://localhost/rootfs');
});

it.each([
  ['debian', 'debian'],
  ['registry.example.com/app:1', 'registry.example.com/app:1'],
  ['127.0.0.1:5000/app:1', 'http://127.0.0.1:5000/app:1'],
  ['127.8.8.8/app', 'http://127.8.8.8/app'],
  ['localhost/app', 'http://localhost/app'],
  ['localhost:5000/app', 'http://localhost:5000/app'],
  ['[::1]:5000/app', 'http://[::1]:5000/app'],
  ['https://localhost:5000/app', 'https://localhost:5000/app'],
  ['localhost.example.com/app', 'localhost.example.com/app'],
  ['127.0.0.1.example.com/app', '127.0.0.1.example.com/app'],
  ['localhost', 'localhost'],
])('opens %s as %s', (target, opened) => {
  expect(resolveTarget(target, cwd)).toBe(opened);
});
