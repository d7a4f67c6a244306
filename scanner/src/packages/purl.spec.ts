import { PackageURL } from 'packageurl-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatingSystem, Package } from '../model.ts';
import { packageUrl } from './purl.ts';

const debian: OperatingSystem = { id: 'debian', versionId: '11', name: 'Debian', ecosystem: 'Debian:11' };
const alpine: OperatingSystem = { id: 'alpine', versionId: '3.10.9', name: 'Alpine' };

describe('package URLs', () => {
  it.each([
    [
      { kind: 'deb', name: 'curl', version: '7.74.0-1.3', architecture: 'amd64' },
      debian,
      'pkg:deb/debian/curl@7.74.0-1.3?arch=amd64&distro=debian-11',
    ],
    [
      { kind: 'deb', name: 'libstdc++6', version: '1:10.2.1-6+b1' },
      undefined,
      'pkg:deb/debian/libstdc%2B%2B6@1:10.2.1-6%2Bb1',
    ],
    [
      { kind: 'deb', name: 'a', version: '1~rc1' },
      { ...debian, id: 'ubuntu', versionId: '' },
      'pkg:deb/ubuntu/a@1~rc1',
    ],
    [
      { kind: 'apk', name: 'musl', version: '1.1.22-r4', architecture: 'x86_64' },
      alpine,
      'pkg:apk/alpine/musl@1.1.22-r4?arch=x86_64&distro=alpine-3.10.9',
    ],
    [{ kind: 'pypi', name: 'Flask_Login.X', version: '0.6' }, debian, 'pkg:pypi/flask-login-x@0.6'],
    [{ kind: 'npm', name: '@babel/core', version: '7.0.0' }, debian, 'pkg:npm/%40babel/core@7.0.0'],
    [{ kind: 'npm', name: 'left-pad', version: '1.3.0' }, undefined, 'pkg:npm/left-pad@1.3.0'],
    [{ kind: 'npm', name: '@odd', version: '1.0.0' }, undefined, 'pkg:npm/%40odd@1.0.0'],
    [
      { kind: 'golang', name: 'golang.org/x/net', version: 'v0.17.0' },
      undefined,
      'pkg:golang/golang.org/x/net@v0.17.0',
    ],
    [
      { kind: 'golang', name: 'github.com/a/b', version: 'v2.0.0+incompatible' },
      undefined,
      'pkg:golang/github.com/a/b@v2.0.0%2Bincompatible',
    ],
    [{ kind: 'golang', name: 'stdlib', version: 'go1.21.3' }, undefined, 'pkg:golang/stdlib@1.21.3'],
    [{ kind: 'golang', name: 'gopkg.in/yaml.v3', version: 'v3.0.1' }, undefined, 'pkg:golang/gopkg.in/yaml.v3@v3.0.1'],
  ] satisfies [Package, OperatingSystem | undefined, string][])('%j of %j', (found, system, url) => {
    expect(packageUrl(found, system)).toBe(url);
  });

  it('are made of any name and version, and are URLs that the library reads', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const kind = fc.constantFrom('apk', 'deb', 'golang', 'npm', 'pypi' as const);
    fc.assert(
      fc.property(kind, text, text, (kind, name, version) => {
        const url = packageUrl({ kind, name, version } satisfies Package, debian);
        expect(url.startsWith(`pkg:${kind}/`)).toBe(true);
        expect(url).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
    expect(PackageURL.fromString(packageUrl({ kind: 'deb', name: 'a+b', version: '1:2~3+4' }, debian))).toMatchObject({
      name: 'a+b',
      version: '1:2~3+4',
      namespace: 'debian',
    });
  });
});
