/** Files of text that tell of packages, one seed or two for each form. */
import { apk } from '../../src/packages/apk/index.ts';
import { cargoLock } from '../../src/packages/cargo-lock/index.ts';
import { composer, composerLock } from '../../src/packages/composer/index.ts';
import { dotnet, nugetLock } from '../../src/packages/dotnet/index.ts';
import { dpkgFiles } from '../../src/packages/dpkg/file-lists.ts';
import { dpkg } from '../../src/packages/dpkg/index.ts';
import { npm } from '../../src/packages/npm/index.ts';
import { npmLock } from '../../src/packages/npm-lock/index.ts';
import { osRelease } from '../../src/packages/os-release/index.ts';
import { pnpmLock } from '../../src/packages/pnpm-lock/index.ts';
import { python } from '../../src/packages/python/index.ts';
import { pythonLock } from '../../src/packages/python-lock/index.ts';
import { gem, gemLock } from '../../src/packages/ruby/index.ts';
import { yarnLock } from '../../src/packages/yarn-lock/index.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { extractorTarget } from './extractor-target.ts';

const json = (value: unknown): string => JSON.stringify(value, undefined, 1);
const jsonWords = ['{"', '":{', '":[', 'null', 'true', '1e400', '\\u0000', '"__proto__":'];
const tomlWords = [
  '[[package]]\n',
  '[package.source]\n',
  'name = "x"\n',
  '"""',
  "'''",
  '{ a = 1 }',
  '1979-05-27T07:32:00Z',
  '0x',
  'inf',
];

export const lists = {
  dpkg: extractorTarget({
    extractor: dpkg,
    path: 'var/lib/dpkg/status',
    seeds: [
      'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nSource: bash (5.1)\nVersion: 5.1-2+b3\nDescription: shell\n folded\n .\n\nPackage: old\nStatus: deinstall ok config-files\nVersion: 1\n',
      '\ufeffpackage:a\r\nSTATUS: hold ok triggers-pending\r\nversion: 1:2.0~rc1-1\r\n\r\n',
    ],
    words: ['Package: ', 'Status: install ok installed\n', 'Version: 1\n', 'Source: a (', '\n ', '\n\n'],
  }),
  'dpkg-files': extractorTarget({
    extractor: dpkgFiles,
    path: 'var/lib/dpkg/info/python3-six:amd64.list',
    seeds: [
      '/.\n/usr\n/usr/bin/x\n/usr/lib/python3/dist-packages/six.egg-info\n',
      `${'0'.repeat(32)}  usr/share/java/a.jar\n`,
    ],
    words: ['/usr/bin/', '.jar\n', '/package.json'],
  }),
  apk: extractorTarget({
    extractor: apk,
    path: 'lib/apk/db/installed',
    seeds: [
      'C:Q1abc=\nP:musl\nV:1.1.22-r3\nA:x86_64\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\nF:usr/bin\nR:ldd\n\nP:zlib\nV:1.2.11-r1\n',
    ],
    words: ['P:', 'V:', 'o:', 'F:', 'R:bin/x', '\n\n'],
  }),
  'os-release': extractorTarget({
    extractor: osRelease,
    path: 'etc/os-release',
    seeds: [
      'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nNAME="Debian"\nVERSION_ID="11"\nVERSION_CODENAME=bullseye\nID=debian\n',
      "ID=alpine\nVERSION_ID='3.10.1'\n",
      'ID="almalinux"\nVERSION_ID="8.9"\n',
    ],
    words: ['ID=', 'VERSION_ID=', '"', '\\"', 'ID=ubuntu\n', 'ID_LIKE='],
  }),
  npm: extractorTarget({
    extractor: npm,
    path: 'a/node_modules/a/package.json',
    seeds: [json({ name: '@s/a', version: '1.0.0', dependencies: { b: '1' } })],
    words: jsonWords,
  }),
  'npm-lock': extractorTarget({
    extractor: npmLock,
    path: 'app/package-lock.json',
    seeds: [
      json({
        lockfileVersion: 3,
        packages: {
          '': { name: 'app' },
          'node_modules/a': { version: '1.0.0' },
          'node_modules/a/node_modules/@s/b': { version: '2.0.0', dev: true },
          'node_modules/l': { link: true },
        },
      }),
      json({
        lockfileVersion: 1,
        dependencies: { a: { version: '1.0.0', dependencies: { b: { version: 'npm:c@2.0.0', dev: true } } } },
      }),
    ],
    words: [...jsonWords, 'node_modules/', 'npm:a@1', '"dependencies":{"a":'],
  }),
  'yarn-lock': extractorTarget({
    extractor: yarnLock,
    path: 'app/yarn.lock',
    seeds: [
      '# yarn lockfile v1\n\n\n"@s/a@^1.0.0", "@s/a@^1.0.1":\n  version "1.2.3"\n  resolved "https://example.org/a.tgz#abc"\n  dependencies:\n    b "^2"\n\nx@npm:real@^2:\n  version "2.0.0"\n',
      '__metadata:\n  version: 8\n\n"@s/a@npm:^1.0.0":\n  version: 1.2.3\n  resolution: "@s/a@npm:1.2.3"\n  linkType: hard\n\n"c@patch:c@npm%3A3.0.0#~/p":\n  version: 3.0.0\n  resolution: "c@patch:c@npm%3A3.0.0#~/p::version=3.0.0"\n',
    ],
    words: ['\n  version ', '\n  resolution: ', '@npm:', '@workspace:.', '"', ':\n', '&a ', '*a', '<<: '],
  }),
  'pnpm-lock': extractorTarget({
    extractor: pnpmLock,
    path: 'app/pnpm-lock.yaml',
    seeds: [
      "lockfileVersion: '9.0'\n\nimporters:\n  .: {}\n\npackages:\n\n  '@s/a@1.0.0':\n    resolution: {integrity: sha512-abc}\n\n  b@2.0.0(c@1.0.0):\n    name: b\n    version: 2.0.0\n\nsnapshots:\n",
      'lockfileVersion: 5.4\n\npackages:\n\n  /@s/a/1.0.0_peer@1:\n    resolution: {integrity: x}\n    dev: true\n\n  /b@1.0.0(p@1): {x: y}\n  registry.example.org/c/2.0.0:\n    version: 2.0.0\n',
    ],
    words: [
      '\npackages:\n',
      '\n  /a@1.0.0:\n',
      '\n    version: ',
      '\n    name: ',
      '(a@1)',
      '_x',
      'lockfileVersion: 6.0\n',
      ':{',
      '    ',
      '&a ',
      '*a',
    ],
  }),
  python: extractorTarget({
    extractor: python,
    path: 'site-packages/six-1.16.0.dist-info/METADATA',
    seeds: ['Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\nSummary: x\n folded\nLicense: MIT\n\nLong text\n'],
    words: ['Name: ', 'Version: ', '\n ', '\n\n'],
  }),
  'poetry-lock': extractorTarget({
    extractor: pythonLock,
    path: 'app/poetry.lock',
    seeds: [
      '# generated\n[[package]]\nname = "six"\nversion = "1.16.0"\ngroups = ["main", "dev"]\nfiles = [\n  {file = "a.whl", hash = "sha256:00"},\n]\n\n[package.source]\ntype = "git"\n\n[metadata]\nlock-version = "2.1"\n',
      'version = 1\n\n[[package]]\nname = "app"\nversion = "0.1"\nsource = { editable = "." }\n\n[[package]]\nname = "b"\nversion = "2.0"\nsource = { registry = "https://example.org/simple" }\ndependencies = [\n    { name = "c", marker = "x" },\n]\n',
    ],
    words: tomlWords,
  }),
  'pipfile-lock': extractorTarget({
    extractor: pythonLock,
    path: 'app/Pipfile.lock',
    seeds: [
      json({
        _meta: { hash: {} },
        default: { six: { version: '==1.16.0', hashes: ['x'] } },
        develop: { b: { version: '==2' } },
      }),
    ],
    words: [...jsonWords, '=='],
  }),
  'cargo-lock': extractorTarget({
    extractor: cargoLock,
    path: 'app/Cargo.lock',
    seeds: [
      'version = 3\n\n[[package]]\nname = "serde"\nversion = "1.0.100"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "00"\ndependencies = [\n "a 1.0",\n]\n\n[[package]]\nname = "own"\nversion = "0.1.0"\n',
    ],
    words: tomlWords,
  }),
  gemspec: extractorTarget({
    extractor: gem,
    path: 'usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.3.gemspec',
    seeds: [
      '# -*- encoding: utf-8 -*-\n# stub: rack 2.2.3 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.3"\n  s.summary = "x"\nend\n',
      'Gem::Specification.new do |s|\n  s.name = \'a\'\n  s.version = Gem::Version.new("1")\nend\n',
    ],
    words: ['\n  s.name = "', '\n  s.version = ', '".freeze', '\n\t', '\n  '],
  }),
  'gemfile-lock': extractorTarget({
    extractor: gemLock,
    path: 'app/Gemfile.lock',
    seeds: [
      'GEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    racc (1.7.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  nokogiri\n',
    ],
    words: ['GEM\n', '\n    a (1.0)', '\n      ', ' (', ')'],
  }),
  composer: extractorTarget({
    extractor: composer,
    path: 'app/vendor/composer/installed.json',
    seeds: [
      json({ packages: [{ name: 'a/b', version: 'v1.0.0', 'install-path': '../a/b' }], dev: false }),
      json([{ name: 'a/b', version: '1' }]),
    ],
    words: jsonWords,
  }),
  'composer-lock': extractorTarget({
    extractor: composerLock,
    path: 'app/composer.lock',
    seeds: [json({ packages: [{ name: 'a/b', version: 'v1.0.0' }], 'packages-dev': [{ name: 'c/d', version: '2' }] })],
    words: jsonWords,
  }),
  'deps-json': extractorTarget({
    extractor: dotnet,
    path: 'app/a.deps.json',
    seeds: [
      json({
        runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
        libraries: { 'app/1.0.0': { type: 'project' }, 'Newtonsoft.Json/13.0.1': { type: 'package', sha512: 'x' } },
      }),
    ],
    words: jsonWords,
  }),
  'nuget-lock': extractorTarget({
    extractor: nugetLock,
    path: 'app/packages.lock.json',
    seeds: [
      json({
        version: 1,
        dependencies: {
          'net8.0': { 'Newtonsoft.Json': { type: 'Direct', resolved: '13.0.1' }, P: { type: 'Project' } },
        },
      }),
    ],
    words: jsonWords,
  }),
} satisfies Record<string, FuzzTarget>;
