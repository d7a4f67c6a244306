import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../../tests/support/requirements.ts';
import { PackageUnreadable } from '../extractor.ts';
import { byteSource, fixtureSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { dpkg } from './index.ts';

const database = 'var/lib/dpkg/status';
const status = new URL('fixtures/status', import.meta.url);

function packagesIn(text: string, path = database): string[] {
  const { packages } = dpkg.extract(path, byteSource(text));
  return packages.map(({ name, version, source }) => `${name} ${version} from ${source?.name} ${source?.version}`);
}

describe('packages of dpkg', () => {
  it('are those that are installed', () => {
    const { packages } = dpkg.extract(database, fixtureSource(status));
    const example = {
      kind: 'deb',
      name: 'libexample1',
      version: '2.0-3+b1',
      source: { name: 'example', version: '2.0-3' },
    };
    const plain = (name: string, version: string): object => ({
      kind: 'deb',
      name,
      version,
      architecture: 'amd64',
      source: { name, version },
    });
    expect(packages).toEqual([
      { ...example, architecture: 'amd64' },
      { ...example, architecture: 'i386' },
      {
        kind: 'deb',
        name: 'example-tools',
        version: '1:2.0-3',
        architecture: 'all',
        source: { name: 'example', version: '1:2.0-3' },
      },
      plain('plain', '3.4~rc1-1'),
      plain('awaiting', '1.0-3'),
    ]);
  });

  it.each([
    ['var/lib/dpkg/status', true],
    ['var/lib/dpkg/status.d/base-files', true],
    ['var/lib/dpkg/status.d/base-files.md5sums', false],
    ['var/lib/dpkg/status.d/', false],
    ['var/lib/dpkg/status.d/a/b', false],
    ['var/lib/dpkg/status-old', false],
    ['opt/var/lib/dpkg/status', false],
  ])('stand in %s: %s', (path, wanted) => {
    expect(dpkg.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('of a distroless image have no status, for their place tells it', () => {
    const text = 'Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n';
    expect(packagesIn(text, 'var/lib/dpkg/status.d/base')).toEqual([
      'base-files 12.4+deb12u5 from base-files 12.4+deb12u5',
    ]);
    expect(packagesIn(text)).toEqual([]);
    expect(packagesIn(`${text}Status: deinstall ok config-files\n`, 'var/lib/dpkg/status.d/base')).toEqual([]);
  });

  it.each([
    ['with a version', 'src (1.0-1)', 'src 1.0-1'],
    ['without', 'src', 'src 2'],
    ['with spaces', ' src  ( 1.0-1 ) ', 'src 1.0-1'],
    ['with an open parenthesis', 'src (1.0', 'src (1.0 2'],
    ['with nothing in it', 'src ()', 'src 2'],
    ['that is empty', '', 'a 2'],
    ['that is only a version', '(1.0)', '(1.0) 2'],
  ])('come from a source %s', (_what, source, expected) => {
    expect(packagesIn(`Package: a\nStatus: install ok installed\nVersion: 2\nSource: ${source}\n`)).toEqual([
      `a 2 from ${expected}`,
    ]);
  });

  it.each([
    [
      'line ends of Windows',
      'Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\nPackage: b\r\n',
      ['a 1 from a 1'],
    ],
    ['no line end at the end', 'Package: a\nStatus: install ok installed\nVersion: 1', ['a 1 from a 1']],
    ['many empty lines', '\n\n\nPackage: a\nStatus: install ok installed\nVersion: 1\n\n\n', ['a 1 from a 1']],
    ['fields in another case', 'PACKAGE: a\nstatus:install ok installed\nVersion : 1\n', ['a 1 from a 1']],
    ['a field twice', 'Package: a\nPackage: b\nStatus: install ok installed\nVersion: 1\n', ['a 1 from a 1']],
    ['lines that are none', 'garbage\nPackage: a\nStatus: install ok installed\n:\nVersion: 1\n', ['a 1 from a 1']],
    ['a name with control characters', 'Package: a\u001b[2J\nStatus: install ok installed\nVersion: 1\n', []],
    ['a version without end', `Package: a\nStatus: install ok installed\nVersion: ${'1'.repeat(100_000)}\n`, []],
    ['nothing', '', []],
  ])('stand in a file with %s', (_what, text, expected) => {
    expect(packagesIn(text)).toEqual(expected);
  });

  it('that are absurdly many are an unreadable file', () => {
    const text = 'Package: a\nStatus: a a installed\nVersion: 1\n\n'.repeat(100_001);
    expect(() => packagesIn(text)).toThrow(PackageUnreadable);
  });

  it('never stop a scan', () => {
    expectHarmless(dpkg, database, [readFileSync(status)]);
  });
});

describeSharedData('real databases of dpkg', (data) => {
  it('give what dpkg-query lists', () => {
    const text = readFileSync(`${data}/images/osdb/dpkg-status`, 'utf8');
    const listed = [...text.matchAll(/^Package: (\S+)\nStatus: \S+ \S+ installed\n/gm)].map((match) => match[1]);
    expect(listed.length).toBeGreaterThan(3);
    expect(dpkg.extract(database, byteSource(text)).packages.map(({ name }) => name)).toEqual(listed);
  });

  it.each([
    ['dpkg-status-not-installed', ['wantinstall_installed', 'wantdeinstall_installed', 'wantpurge_installed']],
    ['dpkg-status-no-package', ['foo', 'bar']],
  ])('with odd entries: %s', (name, expected) => {
    const { packages } = dpkg.extract(database, fixtureSource(new URL(`file://${data}/images/osdb/${name}`)));
    expect(packages.map((found) => found.name)).toEqual(expected);
  });
});
