import { describe, expect, it } from 'vitest';
import { byteSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { pnpmLock } from './index.ts';

const path = 'app/pnpm-lock.yaml';

const version5 = `lockfileVersion: 5.4
specifiers:
  a: ^1
packages:

  /@scope/a/1.2.3_react@17.0.2:
    resolution: {integrity: sha512-abc}
    peerDependencies:
      version: 1
    dev: false

  /b/2.0.0:
    resolution: {integrity: sha512-abc}
    dev: true

  registry.example.org/c/3.0.0_b@2.0.0:
    resolution: {integrity: sha512-abc}
`;
const version6 = `lockfileVersion: '6.0'

packages:

  /@scope/a@1.2.3(react@17.0.2):
    resolution: {integrity: sha512-abc}
    dev: false

  /b@2.0.0:
    resolution: {integrity: sha512-abc}
    dev: true

  github.com/x/y/0123abc:
    resolution: {tarball: https://example.org/y}
    name: y
    version: 3.0.0
`;
const version9 = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:
  .:
    dependencies:
      a:
        version: 1.2.3

packages:

  '@scope/a@1.2.3':
    resolution: {integrity: sha512-abc}

  b@2.0.0:
    resolution: {integrity: sha512-abc}

  z@https://example.org/z.tgz:
    resolution: {tarball: https://example.org/z.tgz}
    version: 1.0.0

snapshots:

  '@scope/a@1.2.3(react@17.0.2)':
    dependencies:
      b: 2.0.0
`;

describe('lock files of pnpm', () => {
  it.each([
    ['version 5', version5, ['@scope/a 1.2.3', 'b 2.0.0 *', 'c 3.0.0']],
    ['version 6', version6, ['@scope/a 1.2.3', 'b 2.0.0 *', 'y 3.0.0']],
    ['version 9', version9, ['@scope/a 1.2.3', 'b 2.0.0', 'z 1.0.0']],
    ['without packages', "lockfileVersion: '9.0'\n", []],
    ['with an empty list of packages', "lockfileVersion: '9.0'\npackages: {}\n", []],
    [
      'with a key longer than YAML has before a colon',
      version6.replace(
        '  /b@2.0.0:\n    resolution:',
        `  ? /b@2.0.0(${'c@1.0.0)(d@1.0.0'.repeat(100)})\n  : resolution:`,
      ),
      ['@scope/a 1.2.3', 'b 2.0.0 *', 'y 3.0.0'],
    ],
  ])('tell what is to be installed: %s', (_what, text, expected) => {
    expect(readPackages(pnpmLock, path, text)).toEqual(expected);
  });

  it('without their version are unreadable', () => {
    expect(() => pnpmLock.extract(path, byteSource('packages:\n'))).toThrow(/version/);
  });

  it.each([
    ['an anchor', version9.replace('packages:', 'packages: &a'), 0],
    ['quotes', version9.replace('packages:', '"packages":'), 0],
    ['braces', version9.replace('packages:', 'packages: {a@1.0.0: {}}'), 0],
    ['an alias among them', version9.replace("  '@scope", "  <<: *a\n  '@scope"), 3],
    ['an alias for a version', version9.replace('version: 1.0.0', 'version: *a'), 2],
  ])('that pnpm did not write are not read to their end: %s', (_what, text, count) => {
    const { packages, problem } = pnpmLock.extract(path, byteSource(text));
    expect(problem).toMatch(/pnpm/);
    expect(packages).toHaveLength(count);
  });

  it('take lines of any length in a moment', () => {
    const fields = `    version: 1${' '.repeat(200_000)}x\n`;
    const keys = `  ${'a: '.repeat(100_000)}x\n  ${'['.repeat(200_000)}\n`;
    expect(
      readPackages(pnpmLock, path, `${version9.slice(0, version9.indexOf('snapshots'))}${fields}${keys}`),
    ).toHaveLength(2);
  });

  it('never stop a scan', () => expectHarmless(pnpmLock, path, [version5, version6, version9]));
});
