import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeSharedData } from '../../../../tests/support/requirements.ts';
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

describeSharedData('the order that the package managers tell', (data) => {
  it.each<[Comparator, string, number]>([
    [dpkg, 'dpkg.json.gz', 5353],
    [apk, 'apk.json', 4510],
    [pep440, 'pep440.json', 4344],
    [npmSemver, 'npm-semver.json', 3374],
    [go, 'go.json', 3330],
    [rpm, 'rpm.json.gz', 5401],
    [maven, 'maven.json', 5197],
    [rubygems, 'rubygems.json', 3899],
    [packagist, 'packagist.json', 3935],
    [nuget, 'nuget.json', 35],
  ])('is that of $name', (comparator, file, count) => {
    const pairs = readPairs(join(data, 'comparators', file));
    expect(pairs).toHaveLength(count);
    const wrong = pairs.filter(
      ([a, b, order]) =>
        compareVersions(comparator, a, b) !== order || compareVersions(comparator, b, a) !== (-order || 0),
    );
    expect(wrong).toEqual([]);
  });
});

function readPairs(path: string): [string, string, number][] {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}
