import { describe, expect, it } from 'vitest';
import { lockExtractors } from './lock-extractors.ts';
import { extractorOf, extractors } from './registry.ts';

describe('the list of extractors', () => {
  it('has each under its own name', () => {
    expect([...extractors].map(([name, extractor]) => name === extractor.name)).not.toContain(false);
    expect(extractors.size).toBe(20);
  });

  it('knows those of lock files by name', () => {
    const locks = [...extractors.values()].filter(({ isLock }) => isLock === true);
    expect(locks.map(({ name }) => name).toSorted()).toEqual([...lockExtractors]);
  });

  it.each([
    ['etc/os-release', 'os-release'],
    ['var/lib/dpkg/status', 'dpkg'],
    ['var/lib/dpkg/status.d/base', 'dpkg'],
    ['var/lib/dpkg/info/libc6:amd64.list', 'dpkg-files'],
    ['var/lib/dpkg/status.d/base.md5sums', 'dpkg-files'],
    ['lib/apk/db/installed', 'apk'],
    ['usr/lib/sysimage/rpm/Packages.db', 'rpm'],
    ['var/lib/rpm/rpmdb.sqlite-wal', 'rpm'],
    ['usr/lib/python3/dist-packages/six.egg-info', 'python'],
    ['usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA', 'python'],
    ['usr/lib/python3/dist-packages/six-1.0.egg-info/PKG-INFO', 'python'],
    ['app/poetry.lock', 'python-lock'],
    ['app/Pipfile.lock', 'python-lock'],
    ['app/node_modules/a/package.json', 'npm'],
    ['app/package-lock.json', 'npm-lock'],
    ['app/yarn.lock', 'yarn-lock'],
    ['app/pnpm-lock.yaml', 'pnpm-lock'],
    ['app/lib/a.jar', 'java'],
    ['app/A.WAR', undefined],
    ['usr/lib/ruby/gems/3.1.0/specifications/a-1.gemspec', 'gem'],
    ['app/Gemfile.lock', 'gem-lock'],
    ['app/vendor/composer/installed.json', 'composer'],
    ['app/composer.lock', 'composer-lock'],
    ['app/App.deps.json', 'dotnet'],
    ['app/packages.lock.json', 'nuget-lock'],
    ['app/Cargo.lock', 'cargo-lock'],
    ['usr/bin/tool', 'program'],
    ['usr/bin/tool.sh', 'program'],
    ['usr/share/doc/readme', undefined],
    ['app/package.json', undefined],
    ['', undefined],
  ])('lets one of them read %s: %s', (path, name) => {
    const entry = { sizeBytes: 5000, mode: path.startsWith('usr/bin/') ? 0o755 : 0o644 };
    expect(extractorOf(path, entry)?.name).toBe(name);
  });

  it('asks each for every file that it may want', () => {
    // Whoever names the files it wants is not asked for others: the names have to be all of them.
    for (const extractor of extractors.values()) {
      for (const name of extractor.fileNames ?? []) expect(name).toMatch(/^\.?[\w.-]+$/);
    }
  });
});
