import { PackageURL } from 'packageurl-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatingSystem, Package } from '../model.ts';
import { packageUrl } from './purl.ts';

const debian: OperatingSystem = { id: 'debian', versionId: '11', name: 'Debian', ecosystem: 'Debian:11' };
const alpine: OperatingSystem = { id: 'alpine', versionId: '3.10.9', name: 'Alpine' };

const allKinds = [
  'apk',
  'cargo',
  'composer',
  'deb',
  'gem',
  'golang',
  'maven',
  'npm',
  'nuget',
  'pypi',
  'rpm',
] as const satisfies Package['kind'][];

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
    [
      { kind: 'rpm', name: 'openssl-libs', version: '1:1.1.1k-4.el8', architecture: 'x86_64' },
      { id: 'almalinux', versionId: '8.9', name: 'AlmaLinux' },
      'pkg:rpm/almalinux/openssl-libs@1.1.1k-4.el8?arch=x86_64&distro=almalinux-8.9&epoch=1',
    ],
    [{ kind: 'rpm', name: 'bash', version: '4.4.19-12.el8' }, undefined, 'pkg:rpm/redhat/bash@4.4.19-12.el8'],
    [
      { kind: 'maven', name: 'org.apache.logging.log4j:log4j-core', version: '2.14.1' },
      undefined,
      'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    ],
    [{ kind: 'maven', name: 'lonely', version: '1' }, undefined, 'pkg:maven/lonely@1'],
    [{ kind: 'composer', name: 'Twig/Twig', version: 'v3.0.0' }, undefined, 'pkg:composer/twig/twig@v3.0.0'],
    [{ kind: 'cargo', name: 'serde', version: '1.0.0' }, undefined, 'pkg:cargo/serde@1.0.0'],
    [{ kind: 'gem', name: 'rack', version: '2.2.3' }, undefined, 'pkg:gem/rack@2.2.3'],
    [{ kind: 'nuget', name: 'Newtonsoft.Json', version: '13.0.1' }, undefined, 'pkg:nuget/Newtonsoft.Json@13.0.1'],
    [{ kind: 'golang', name: 'stdlib', version: 'go1.21.3' }, undefined, 'pkg:golang/stdlib@1.21.3'],
    [{ kind: 'golang', name: 'gopkg.in/yaml.v3', version: 'v3.0.1' }, undefined, 'pkg:golang/gopkg.in/yaml.v3@v3.0.1'],
  ] satisfies [Package, OperatingSystem | undefined, string][])('%j of %j', (found, system, url) => {
    expect(packageUrl(found, system)).toBe(url);
  });

  it('are made of any name and version, and are URLs that the library reads', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const kind = fc.constantFrom(...allKinds);
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
