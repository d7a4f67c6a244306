import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackageUnreadable } from '../extractor.ts';
import { byteSource } from '../fixtures/byte-source.ts';
import { hostileBytes } from '../fixtures/hostile-bytes.ts';
import { npm } from './index.ts';

const manifest = JSON.stringify({
  name: '@scope/tool',
  version: '1.2.3-beta.1',
  dependencies: { a: '^1' },
  private: true,
});

function read(content: string | Uint8Array): string[] {
  const { packages } = npm.extract('app/node_modules/some-folder/package.json', byteSource(content));
  return packages.map(({ name, version }) => `${name} ${version}`);
}

describe('npm packages', () => {
  it.each([
    ['node_modules/a/package.json', true],
    ['app/node_modules/a/package.json', true],
    ['app/node_modules/@scope/a/package.json', true],
    ['app/node_modules/a/node_modules/b/package.json', true],
    ['app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json', true],
    ['package.json', false],
    ['app/package.json', false],
    ['app/node_modules/package.json', false],
    ['app/node_modules/a/lib/package.json', false],
    ['app/node_modules/@scope/package.json', false],
    ['app/node_modules/@scope/a/b/package.json', false],
    ['app/node_modules/.bin/package.json', false],
    ['app/node_modules/@/a/package.json', false],
    ['app/my_node_modules/a/package.json', false],
    ['app/node_modules/a/package.json5', false],
    ['app/node_modules/a/not-package.json', false],
  ])('%s: %s', (path, wanted) => {
    expect(npm.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('are called as they call themselves, whatever their folder', () => {
    expect(npm.extract('app/node_modules/alias/package.json', byteSource(manifest)).packages).toEqual([
      { kind: 'npm', name: '@scope/tool', version: '1.2.3-beta.1' },
    ]);
  });

  it.each([
    ['without a version', '{"name": "a"}'],
    ['without a name', '{"version": "1.0.0"}'],
    ['with an empty version', '{"name": "a", "version": ""}'],
    ['with a version that is a number', '{"name": "a", "version": 1}'],
    ['with a name that is a list', '{"name": ["a"], "version": "1.0.0"}'],
    ['with a name of control characters', '{"name": "a\\u0000b", "version": "1.0.0"}'],
    ['with half a character', '{"name": "a\\ud800", "version": "1.0.0"}'],
    ['that is a list', '[]'],
    ['that is null', 'null'],
    ['that is a text', '"package"'],
    ['that only says what kind of modules these are', '{"type": "module"}'],
  ])('are none %s', (_what, text) => {
    expect(read(text)).toEqual([]);
  });

  it('may begin with a byte order mark and hold __proto__', () => {
    expect(read(`\ufeff${manifest}`)).toEqual(['@scope/tool 1.2.3-beta.1']);
    expect(read('{"__proto__": {"name": "a"}, "version": "1.0.0"}')).toEqual([]);
  });

  it.each([
    ['is cut', '{"name": "a", "vers'],
    ['is empty', ''],
    ['has comments', '// hello\n{"name": "a", "version": "1.0.0"}'],
    ['is a bottomless list', '['.repeat(500_000)],
  ])('cannot be read where the file %s', (_what, text) => {
    expect(() => read(text)).toThrow(PackageUnreadable);
  });

  it('never stop a scan', () => {
    fc.assert(
      fc.property(hostileBytes([Buffer.from(manifest)]), (bytes) => {
        try {
          for (const line of read(bytes)) expect(line).not.toMatch(/^ | $/);
        } catch (error) {
          expect(error).toBeInstanceOf(PackageUnreadable);
        }
      }),
    );
  });
});
