import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { npmLock } from './index.ts';

const path = 'app/package-lock.json';

const version1 = JSON.stringify({
  name: 'app',
  version: '1.0.0',
  lockfileVersion: 1,
  dependencies: {
    a: { version: '1.0.0', requires: { b: '^2' }, dependencies: { b: { version: '2.0.0', dev: true } } },
    b: { version: '1.5.0', dev: true },
    alias: { version: 'npm:@real/name@3.0.0' },
    local: { version: 'file:../local' },
    git: { version: 'git+ssh://git@example.org/x.git#0123abc' },
  },
});
const version3 = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'app', version: '1.0.0' },
    'packages/own': { version: '1.0.0' },
    'node_modules/own': { resolved: 'packages/own', link: true },
    'node_modules/@scope/a': { version: '1.0.0' },
    'node_modules/@scope/a/node_modules/b': { version: '2.0.0', dev: true },
    'node_modules/c/node_modules/b': { version: '2.0.0' },
    'node_modules/d': { version: '4.0.0', devOptional: true },
    'node_modules/alias': { name: 'real', version: '3.0.0' },
    'node_modules/git': { version: 'git+ssh://x#1' },
  },
  dependencies: { old: { version: '9.9.9' } },
});

describe('lock files of npm', () => {
  it.each([
    ['version 1', version1, ['a 1.0.0', 'b 1.5.0 *', '@real/name 3.0.0', 'b 2.0.0 *']],
    ['versions 2 and 3', version3, ['@scope/a 1.0.0', 'b 2.0.0', 'd 4.0.0 *', 'real 3.0.0']],
    ['without anything', '{}', []],
    ['of another shape', '{"packages":[1],"dependencies":{"a":7,"b":{"version":1}}}', []],
  ])('tell what is to be installed: %s', (_what, text, expected) => {
    expect(readPackages(npmLock, path, text)).toEqual(expected);
  });

  it.each([
    ['package-lock.json', true],
    ['app/npm-shrinkwrap.json', true],
    ['app/node_modules/a/package-lock.json', false],
    ['app/node_modules/.package-lock.json', false],
    ['app/my-package-lock.json', false],
  ])('are %s: %s', (name, wanted) => {
    expect(npmLock.wants(name, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('may nest dependencies as deep as they like', () => {
    const depth = 20_000;
    const deep = `${'{"dependencies":{"a":'.repeat(depth)}{"version":"1.0.0"}${'}}'.repeat(depth)}`;
    expect(readPackages(npmLock, path, deep)).toEqual(['a 1.0.0']);
  });

  it('that are not JSON are unreadable', () => {
    expect(() => npmLock.extract(path, byteSource('{'))).toThrow(/not JSON/);
  });

  it('never stop a scan', () => expectHarmless(npmLock, path, [version1, version3]));
});
