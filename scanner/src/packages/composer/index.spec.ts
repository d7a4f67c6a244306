import { describe, expect, it } from 'vitest';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { composer, composerLock } from './index.ts';

const twig = { name: 'twig/twig', version: 'v3.4.2', type: 'library' };
const phpunit = { name: 'phpunit/phpunit', version: '9.5.0' };
const lock = JSON.stringify({ packages: [twig, { name: 'no/version' }], 'packages-dev': [phpunit, twig] });
const installed2 = JSON.stringify({ packages: [twig, phpunit], 'dev-package-names': ['phpunit/phpunit'] });

describe('packages of Composer', () => {
  it.each([
    ['Composer 1', JSON.stringify([twig, phpunit]), ['twig/twig v3.4.2', 'phpunit/phpunit 9.5.0']],
    ['Composer 2', installed2, ['twig/twig v3.4.2', 'phpunit/phpunit 9.5.0']],
    ['nothing', '{}', []],
  ])('are installed as %s says', (_what, text, expected) => {
    expect(readPackages(composer, 'app/vendor/composer/installed.json', text)).toEqual(expected);
  });

  it('are to be installed as the lock file says', () => {
    expect(readPackages(composerLock, 'app/composer.lock', lock)).toEqual([
      'twig/twig v3.4.2',
      'phpunit/phpunit 9.5.0 *',
    ]);
  });

  it.each([
    [composer, 'app/vendor/composer/installed.json', true],
    [composer, 'app/vendor/other/installed.json', false],
    [composerLock, 'app/composer.lock', true],
    [composerLock, 'app/vendor/twig/twig/composer.lock', false],
  ])('stand for $name in %s: %s', (extractor, path, wanted) => {
    expect(extractor.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it.each([composer, composerLock])('never stop a scan: $name', (extractor) =>
    expectHarmless(extractor, 'composer.lock', [lock, installed2]),
  );
});
