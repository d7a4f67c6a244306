import { describe, expect, it } from 'vitest';
import { expectHarmless } from '../fixtures/expect-harmless.ts';
import { readPackages } from '../fixtures/read-packages.ts';
import { gem, gemLock } from './index.ts';

const specification = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.15.4 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.15.4"
  s.platform = "x86_64-linux".freeze

  s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
end
`;
const lock = `GIT
  remote: https://example.org/x.git
  revision: 0123abc
  specs:
    x (0.1.0)

PATH
  remote: .
  specs:
    app (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.15.4-x86_64-linux)
      racc (~> 1.4)
    nokogiri (1.15.4-arm64-darwin)
    racc (1.7.1)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri (>= 1.15)
`;

describe('Ruby gems', () => {
  it.each([
    ['as RubyGems writes it', specification, ['nokogiri 1.15.4']],
    [
      'as people write it',
      "Gem::Specification.new do |spec|\n  spec.name = 'a'\n  spec.version = Gem::Version.new('1.0')\nend",
      ['a 1.0'],
    ],
    ['without a plain version', 'Gem::Specification.new do |s|\n  s.name = "a"\n  s.version = A::VERSION\nend', []],
  ])('have a specification: %s', (_what, text, expected) => {
    expect(readPackages(gem, 'usr/lib/ruby/gems/3.1.0/specifications/a.gemspec', text)).toEqual(expected);
  });

  it.each([
    ['usr/lib/ruby/gems/3.1.0/specifications/a-1.0.gemspec', true],
    ['usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec', true],
    ['usr/lib/ruby/gems/3.1.0/gems/a-1.0/a.gemspec', false],
    ['app/a.gemspec', false],
  ])('are installed as %s says: %s', (path, wanted) => {
    expect(gem.wants(path, { sizeBytes: 100, mode: 0o644 })).toBe(wanted);
  });

  it('are to be installed as the lock file says, for all platforms once', () => {
    expect(readPackages(gemLock, 'app/Gemfile.lock', lock)).toEqual(['nokogiri 1.15.4', 'racc 1.7.1']);
  });

  it.each([gem, gemLock])('never stop a scan: $name', (extractor) =>
    expectHarmless(extractor, 'Gemfile.lock', [lock, specification, `${'\n'.repeat(10_000)}s.name`]),
  );
});
