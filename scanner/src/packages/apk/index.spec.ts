import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../../tests/support/requirements.ts';
import { readTarFiles } from '../../../../tests/support/tar-files.ts';
import { byteSource, fixtureSource } from '../fixtures/byte-source.ts';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { apk } from './index.ts';

const database = 'lib/apk/db/installed';
const installed = new URL('fixtures/installed', import.meta.url);

describe('packages of apk', () => {
  it('have the source package as origin, where one is told', () => {
    expect(apk.extract(database, fixtureSource(installed)).packages).toEqual([
      {
        kind: 'apk',
        name: 'example-libs',
        version: '1.2.3-r4',
        architecture: 'x86_64',
        source: { name: 'example', version: '1.2.3-r4' },
      },
      {
        kind: 'apk',
        name: 'plain',
        version: '20240101-r0',
        architecture: 'noarch',
        source: { name: 'plain', version: '20240101-r0' },
      },
      { kind: 'apk', name: 'lower', version: '2.0_rc1-r0', source: { name: 'lower', version: '2.0_rc1-r0' } },
    ]);
  });

  it.each([
    ['lib/apk/db/installed', true],
    ['usr/lib/apk/db/installed', true],
    ['lib/apk/db/installed.new', false],
    ['root/lib/apk/db/installed', false],
  ])('stand in %s: %s', (path, wanted) => {
    expect(apk.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('never stop a scan', () => {
    expectHarmless(apk, database, [readFileSync(installed)]);
  });
});

describeSharedData('real databases of apk', (data) => {
  it.each(['apk-installed', 'apk-installed-no-origin'])('give what apk lists: %s', (name) => {
    expectAllListed(readFileSync(`${data}/images/osdb/${name}`, 'utf8'));
  });

  it.each(['3.10.9', '3.20.3'])('of Alpine %s', (release) => {
    const files = readTarFiles(`${data}/images/alpine/alpine-minirootfs-${release}-x86_64.tar.gz`);
    const text = files.find(({ path }) => path === database)?.bytes.toString() ?? '';
    expect(expectAllListed(text)).toBeGreaterThanOrEqual(14);
  });

  /** As `apk info -v` lists them: name and version of each paragraph. */
  function expectAllListed(text: string): number {
    const listed = text.split('\n\n').flatMap((paragraph) => {
      const [name, version] = ['P', 'V'].map((key) => new RegExp(`^${key}:(.*)$`, 'm').exec(paragraph)?.[1]);
      return name === undefined || version === undefined ? [] : [`${name}-${version}`];
    });
    const { packages } = apk.extract(database, byteSource(text));
    expect(packages.map((found) => `${found.name}-${found.version}`)).toEqual(listed);
    return listed.length;
  }
});
