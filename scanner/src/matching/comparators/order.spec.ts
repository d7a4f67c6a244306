import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apk } from './apk/index.ts';
import { compareVersions, type Comparator } from './comparator.ts';
import { dpkg } from './dpkg/index.ts';
import { go } from './go/index.ts';
import { maven } from './maven/index.ts';
import { npmSemver } from './npm-semver/index.ts';
import { nuget } from './nuget/index.ts';
import { packagist } from './packagist/index.ts';
import { pep440 } from './pep440/index.ts';
import { rpm } from './rpm/index.ts';
import { rubygems } from './rubygems/index.ts';

/** Maven's own order turns in circles for odder versions, and so does ours: see below. */
const plainMaven = /^\d+(?:\.\d+)*(?:-[A-Za-z]+\d*)?(?:-\d+)?$/;

/** Pieces that the versions of a kind are made of; any string of them may turn up in an advisory. */
const kinds: [Comparator, string[], RegExp?][] = [
  [dpkg, ['0', '1', '9', '10', '007', '.', '-', '+', '~', ':', 'a', 'rc', 'deb11u', 'Z']],
  [apk, ['0', '1', '9', '10', '01', '00', '.', '-r', '_alpha', '_rc', '_p', 'a', 'b', '_']],
  [pep440, ['0', '1', '9', '10', '.', '!', 'a', 'rc', '.post', '.dev', '+', 'local', '-']],
  [npmSemver, ['0', '1', '9', '10', '.', '.', '-', 'alpha', 'rc', '+', 'v']],
  [go, ['0', '1', '9', '10', '.', '.', '-', 'pre', '+incompatible', 'v', 'go', 'rc']],
  [rpm, ['0', '1', '9', '10', '007', '.', '-', '~', '^', ':', 'a', 'rc', 'el8', '+', '_', 'Z']],
  [maven, ['0', '1', '9', '10', '.1', '.0', '-alpha', '-rc', '-final', '-sp', '-jre', '-SNAPSHOT', '-2'], plainMaven],
  [rubygems, ['0', '1', '9', '10', '.', '.', '-', 'a', 'rc', 'pre', 'Z']],
  [packagist, ['0', '1', '9', '10', '.', '.', '-', 'beta', 'rc', 'p', 'patch', 'dev', 'x', '+b', 'v', '2020']],
  [nuget, ['0', '1', '9', '10', '.', '.', '-', 'alpha', 'RC', '+', 'v']],
];

describe.each(kinds)('$name', (comparator, pieces, taken = /^/) => {
  const version = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join(''))
    .filter((text) => taken.test(text) && comparator.parse(text) !== undefined);
  const order = (a: string, b: string) => compareVersions(comparator, a, b) ?? Number.NaN;

  it('takes versions in either order', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(order(a, b)).toBe(-order(b, a) || 0);
        expect(order(a, a)).toBe(0);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [low = '', middle = '', high = ''] = [a, b, c].sort(order);
        expect(order(low, middle)).not.toBe(1);
        expect(order(middle, high)).not.toBe(1);
        expect(order(low, high)).not.toBe(1);
        if (order(low, middle) === 0) expect(order(low, high)).toBe(order(middle, high));
      }),
      { numRuns: 500 },
    );
  });

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), version), (text) => {
        const parsed = comparator.parse(text);
        if (parsed !== undefined) expect(comparator.compare(parsed, parsed)).toBe(0);
      }),
    );
  });

  it('takes a very long text in a moment', () => {
    for (const piece of pieces) {
      const text = `1.0${piece.repeat(200_000 / piece.length)}`;
      expect([0, undefined]).toContain(compareVersions(comparator, text, text));
      // What fits until the last character is where expressions go back and forth.
      expect([0, undefined]).toContain(compareVersions(comparator, `${text}!`, `${text}!`));
      const cut = `1.0-beta${piece.repeat(50)}!`;
      expect([0, undefined]).toContain(compareVersions(comparator, cut, cut));
    }
  });
});

describe('all', () => {
  it.each<[Comparator, string, string, -1 | 0 | 1 | undefined]>([
    [dpkg, '1:0.1', '2.0', 1],
    [dpkg, '1.0~rc1-1', '1.0-1', -1],
    [dpkg, '1.1.1k-1', '1.1.1k-1+deb11u2', -1],
    [dpkg, '1.0', '1.0-0', 0],
    [dpkg, '1.0-1-2', '1.0-1-10', -1],
    [dpkg, '9007199254740993', '9007199254740992', 1],
    [dpkg, '', '1', undefined],
    [apk, '1.0_alpha1-r0', '1.0-r0', -1],
    [apk, '1.0_p1-r0', '1.0-r0', 1],
    [apk, '1.05', '1.5', -1],
    [apk, '1.1.1b-r1', '1.1.1c-r0', -1],
    [apk, '4.8.0.-r1', '4.8.0.-r2', -1],
    [apk, 'latest', '1.0', undefined],
    [pep440, '2.2.0', '2.2', 0],
    [pep440, '1.0.dev1', '1.0a1', -1],
    [pep440, '1.0.post1', '1.0', 1],
    [pep440, '1.0+1e5', '1.0+99', -1],
    [pep440, '1!0.1', '99', 1],
    [pep440, '2004d', '1', undefined],
    [npmSemver, '1.2.4-0', '1.2.3', 1],
    [npmSemver, '1.2.4-0', '1.2.4', -1],
    [npmSemver, '1.2', '1.2.0', 0],
    [npmSemver, '=1.2.3', 'v1.2.3', 0],
    [npmSemver, 'latest', '1.0.0', undefined],
    [go, 'v1.2.3', '1.2.3', 0],
    [go, 'v1.1.0-rc.1', 'v1.1.0', -1],
    [go, 'v2.0.0+incompatible', '2.0.0', 0],
    [go, 'v0.0.0-20220906165146-f3363e06e74c', '0.0.0-20210520170846-37e1c6afe023', 1],
    [go, 'go1.21', '1.21.0', 0],
    [go, 'go1.21rc2', '1.21.0-0', 1],
    [go, 'go1.21rc2', '1.21.0', -1],
    [go, 'go1.20.10-vendor', '1.20.10', 0],
    [go, '(devel)', '1.0.0', undefined],
    [rpm, '1:0.1-1', '2.0-1', 1],
    [rpm, '0:1.0-1', '1.0-1', 0],
    [rpm, '1.0~rc1-1', '1.0-1', -1],
    [rpm, '1.0^git1-1', '1.0-1', 1],
    [rpm, '1.0^git1-1', '1.0.1-1', -1],
    [rpm, '1.0-12.el8_4', '1.0-12.el8', 1],
    [rpm, '1.a', '1.1', -1],
    [rpm, '1_0-1', '1..0-1', 0],
    [rpm, '1.0', '1.0-1', -1],
    [rpm, 'not a version', '1', undefined],
    [maven, '1.0', '1', 0],
    [maven, '1.0-ga', '1.0.Final', 0],
    [maven, '1.0-rc1', '1.0-cr-1', 0],
    [maven, '1.0-alpha-1', '1.0a1', 0],
    [maven, '1.0-SNAPSHOT', '1.0', -1],
    [maven, '1.0-sp1', '1.0', 1],
    [maven, '32.0.1-jre', '32.0.1', 1],
    [maven, '1.0.RC2', '1.0-RC3', -1],
    [maven, '1-1', '1.1', -1],
    [maven, '2.0.1-xyz', '2.0.1-123', -1],
    [maven, ' ', '1', undefined],
    [rubygems, '2.1.a', '2.1', -1],
    [rubygems, '1.2.0.0.1.a', '1.2', 1],
    [rubygems, '1.0.0', '1', 0],
    [rubygems, '1.0.b1', '1.0.b.1', 0],
    [rubygems, '1-1', '1.pre.1', 0],
    [rubygems, '1.0_beta', '1.0', undefined],
    [packagist, '2.2.4-p0', '2.2.4', 1],
    [packagist, '2.2.4-p0', '2.2.5-dev', -1],
    [packagist, '1.0.0-dev', '1.0.0-alpha1', -1],
    [packagist, 'v1.0', '1.0.0.0', 0],
    [packagist, '1.0-RC1', '1.0-b2', 1],
    [packagist, '1.0-pl1', '1.0-patch1', 0],
    [packagist, '1.2.x-dev', '1.2.99', 1],
    [packagist, '2020.01.01', '20200101', -1],
    [packagist, 'dev-main', '1.0', undefined],
    [nuget, '1.0.0.0', '1.0', 0],
    [nuget, '1.0.0-BETA', '1.0.0-beta', 0],
    [nuget, '1.0.0-beta.2', '1.0.0-beta.10', -1],
    [nuget, '1.0.0+a', '1.0.0+b', 0],
    [nuget, '1.0.0.1-alpha', '1.0.0', 1],
    [nuget, '1.0.0.0.1', '1', undefined],
  ])('$name: %s against %s: %s', (comparator, a, b, wanted) => {
    expect(compareVersions(comparator, a, b)).toBe(wanted);
  });
});

describe('Maven', () => {
  it('has an order that turns in a circle where a word stands behind a dot, and so have we', () => {
    expect(compareVersions(maven, '1.a.2', '1-rc')).toBe(-1);
    expect(compareVersions(maven, '1-rc', '1')).toBe(-1);
    expect(compareVersions(maven, '1', '1.a.2')).toBe(-1);
  });
});
