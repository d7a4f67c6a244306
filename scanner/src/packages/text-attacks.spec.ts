/** Every way we know to hurt whoever reads a list of packages that is text, as a file of a layer; each ends as it should. */
import { describe, expect, it } from 'vitest';
import { expectFileWithstood, type FileAttack } from './fixtures/file-attack.ts';

const npmLock = 'app/package-lock.json';
const npm = 'app/node_modules/a/package.json';
const pipfile = 'app/Pipfile.lock';
const nuget = 'app/packages.lock.json';
const cargo = 'app/Cargo.lock';
const poetry = 'app/poetry.lock';
const pnpm = 'app/pnpm-lock.yaml';
const yarn = 'app/yarn.lock';
const dpkg = 'var/lib/dpkg/status';
const apk = 'lib/apk/db/installed';
const bash = 'Package: bash\nStatus: install ok installed\nVersion: 5.1\n';
const crate = '[[package]]\nname = "a"\nversion = "1"\nsource = "r"\n';
const unreadable = ['package-unreadable'];
const lock = (packages: string): string => `{"lockfileVersion":3,"packages":{${packages}}}`;

const attacks: Record<string, FileAttack> = {
  // JSON
  'JSON that opens a million lists': { path: npmLock, content: '['.repeat(1_000_000), reasons: unreadable },
  'JSON with a hundred thousand lists in each other': {
    path: npmLock,
    content: lock(`"x":${'['.repeat(100_000)}${']'.repeat(100_000)},"node_modules/a":{"version":"1"}`),
    reasons: [],
    packages: ['a 1'],
  },
  'JSON with a hundred thousand objects in each other': {
    path: npmLock,
    content: `{"packages":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
    reasons: [],
  },
  'packages in packages, a hundred thousand deep': {
    path: npmLock,
    content: `${'{"version":"1","dependencies":{"a":'.repeat(99_999)}{"version":"2"}${'}}'.repeat(99_999)}`,
    reasons: [],
    packages: ['a 1', 'a 2'],
  },
  'more packages than any file has': {
    path: npmLock,
    content: lock(Array.from({ length: 100_001 }, (_, n) => `"node_modules/${n}":{"version":"1"}`).join()),
    reasons: unreadable,
  },
  'JSON with a key a hundred thousand times': {
    path: npmLock,
    content: lock(`"node_modules/a":{"version":"1"},`.repeat(100_000).concat('"node_modules/a":{"version":"2"}')),
    reasons: [],
    packages: ['a 2'],
  },
  'JSON with keys that everything inherits': {
    path: npmLock,
    content: lock(
      '"__proto__":{"version":"1"},"node_modules/__proto__":{"version":"2","__proto__":{"dev":true}},"node_modules/constructor":{"version":"3"}',
    ),
    reasons: [],
    packages: ['__proto__ 2', 'constructor 3'],
    expects: () => expect(Object.keys(Object.prototype)).toEqual([]),
  },
  'JSON whose version is inherited only': {
    path: nuget,
    content: '{"dependencies":{"net8.0":{"a":{"__proto__":{"resolved":"1"}},"b":{"resolved":"2"}}}}',
    reasons: [],
    packages: ['b 2'],
  },
  'JSON with numbers beyond all': {
    path: npmLock,
    content: lock(
      `"node_modules/a":{"version":1e400},"node_modules/b":{"version":${'9'.repeat(1_000_000)}},"node_modules/c":{"version":"1"}`,
    ),
    reasons: [],
    packages: ['c 1'],
  },
  'JSON with a text of 10 MB for a version': {
    path: npm,
    content: `{"name":"a","version":"${'1'.repeat(1_900_000)}"}`,
    reasons: [],
  },
  'JSON with half a character': { path: npm, content: '{"name":"a\\ud800","version":"1"}', reasons: [] },
  'JSON with control characters': { path: npm, content: '{"name":"\\u001b[2J","version":"1"}', reasons: [] },
  'JSON that is no UTF-8': {
    path: npm,
    content: Buffer.from('{"name":"a\xff\xc3(","version":"1"}', 'latin1'),
    reasons: [],
    packages: ['a\ufffd\ufffd( 1'],
  },
  'JSON in UTF-16': {
    path: npm,
    content: Buffer.from('\ufeff{"name":"a","version":"1"}', 'utf16le'),
    reasons: unreadable,
  },
  'JSON with a byte order mark': {
    path: npm,
    content: '\ufeff{"name":"a","version":"1"}',
    reasons: [],
    packages: ['a 1'],
  },
  'JSON larger than such files are': {
    path: npm,
    content: ' '.repeat(2 * 1024 * 1024 + 1),
    reasons: ['file-too-large'],
  },
  'JSON that is one empty list after the other': {
    path: nuget,
    content: `[${'[],'.repeat(1_000_000)}[]]`,
    reasons: unreadable,
  },
  'JSON where texts, lists and nothing should be objects': {
    path: pipfile,
    content: '{"default":["a"],"develop":"b","_meta":null}',
    reasons: [],
  },

  // TOML
  'TOML with a hundred thousand lists in each other': {
    path: cargo,
    content: `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n${crate}`,
    reasons: unreadable,
  },
  'TOML with a hundred thousand tables in each other': {
    path: cargo,
    content: `a = ${'{a='.repeat(100_000)}1${'}'.repeat(100_000)}\n${crate}`,
    reasons: unreadable,
  },
  'TOML with a key of a hundred thousand parts': {
    path: cargo,
    content: `${'a.'.repeat(100_000)}a = 1\n${crate}`,
    reasons: [],
    packages: ['a 1'],
  },
  'TOML with a table of a hundred thousand parts': {
    path: cargo,
    content: `${crate}[${'a.'.repeat(100_000)}a]\n`,
    reasons: [],
    packages: ['a 1'],
  },
  'TOML with a key twice': { path: cargo, content: `${crate}name = "b"\n`, reasons: unreadable },
  'TOML with a table that becomes a list': { path: cargo, content: `[package]\n${crate}`, reasons: unreadable },
  'TOML with keys that everything inherits': {
    path: cargo,
    content: `${crate}__proto__ = { version = "2" }\n[__proto__]\nname = "x"\n[constructor.prototype]\nname = "y"\n`,
    reasons: [],
    packages: ['a 1'],
    expects: () => expect(Object.keys(Object.prototype)).toEqual([]),
  },
  'TOML with numbers beyond all': { path: cargo, content: `a = ${'9'.repeat(100_000)}\n${crate}`, reasons: unreadable },
  'TOML with a text that does not end': {
    path: poetry,
    content: `a = """${'x'.repeat(5_000_000)}`,
    reasons: unreadable,
  },
  'TOML with a line of 5 MB': {
    path: poetry,
    content: `a = "${'x'.repeat(5_000_000)}"\n[[package]]\nname = "a"\nversion = "1"\n`,
    reasons: [],
    packages: ['a 1'],
  },
  'TOML with a million tables': { path: poetry, content: '[[package]]\n'.repeat(1_000_000), reasons: unreadable },

  // YAML
  'YAML whose aliases grow to a billion': {
    path: pnpm,
    content: `lockfileVersion: '9.0'\na: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 10 }, (_, n) => `b${n}: &b${n} [${`*${n === 0 ? 'a' : `b${n - 1}`},`.repeat(9)}]\n`).join('')}packages:\n  a@1.0.0:\n    <<: *b9\n`,
    reasons: [],
    packages: ['a 1.0.0'],
  },
  'YAML with an anchor that holds itself': {
    path: pnpm,
    content: "lockfileVersion: '9.0'\npackages: &p\n  a@1.0.0: *p\n  b@1.0.0: {}\n",
    reasons: unreadable,
  },
  'YAML with an alias in the place of a version': {
    path: yarn,
    content: '__metadata:\n  version: &a 8\n\n"a@npm:1":\n  version: *a\n  resolution: "a@npm:1"\n',
    reasons: unreadable,
  },
  'YAML with packages in braces': {
    path: pnpm,
    content: "lockfileVersion: '9.0'\npackages: {a@1.0.0: {}}\n",
    reasons: unreadable,
  },
  'YAML of a million brackets': { path: pnpm, content: `lockfileVersion: ${'['.repeat(1_000_000)}\n`, reasons: [] },
  'YAML of two thousand levels': {
    path: yarn,
    content: Array.from({ length: 2000 }, (_, n) => `${' '.repeat(n)}a:\n`).join(''),
    reasons: unreadable,
  },
  'YAML with lines of 5 MB': {
    path: pnpm,
    content: `lockfileVersion: '9.0'\npackages:\n  ${': '.repeat(2_500_000)}x\n  a@1.0.0:\n    version: ${' '.repeat(5_000_000)}1.0.0\n`,
    reasons: [],
    packages: ['a 1.0.0'],
  },
  'a key of pnpm with a million parentheses': {
    path: pnpm,
    content: `lockfileVersion: '9.0'\npackages:\n  a@1.0.0${'('.repeat(1_000_000)}:\n    dev: false\n`,
    reasons: [],
    packages: ['a 1.0.0'],
  },

  // Paragraphs
  'a line of 20 MB': {
    path: dpkg,
    content: `${bash}Description: ${'x'.repeat(20 * 1024 * 1024)}\n`,
    reasons: [],
    packages: ['bash 5.1'],
  },
  'a field that is folded two hundred thousand times': {
    path: dpkg,
    content: `Package: a\nStatus: install ok installed\nVersion: 1\nSource: s\n${' x\n'.repeat(200_000)}\n${bash}`,
    reasons: [],
    packages: ['a 1', 'bash 5.1'],
  },
  'two hundred thousand paragraphs of nothing': {
    path: dpkg,
    content: `${'x\n\n'.repeat(200_000)}${bash}`,
    reasons: [],
    packages: ['bash 5.1'],
  },
  'a name longer than any': {
    path: dpkg,
    content: `Package: ${'a'.repeat(100_000)}\nStatus: install ok installed\nVersion: 1\n\n${bash}`,
    reasons: [],
    packages: ['bash 5.1'],
  },
  'a database of nothing but ends of lines': { path: apk, content: '\n'.repeat(5_000_000), reasons: [] },
  'a database larger than any': {
    path: dpkg,
    content: Buffer.alloc(64 * 1024 * 1024 + 1, '\n'),
    reasons: ['file-too-large'],
  },
  'a database in UTF-16': { path: dpkg, content: Buffer.from(`\ufeff${bash}`, 'utf16le'), reasons: unreadable },
  'a database that is none': { path: apk, content: Buffer.alloc(1000, 1), reasons: unreadable },
  'a database with NUL in every name': {
    path: dpkg,
    content: `Package: a\0b\nStatus: install ok installed\nVersion: 1\n\n${bash}`,
    reasons: [],
    packages: ['bash 5.1'],
  },
  'a folder of 1 MB with a hundred thousand files': {
    path: apk,
    content: `P:musl\nV:1\nF:${'a'.repeat(1_000_000)}/bin\n${'R:x\n'.repeat(100_000)}\n`,
    reasons: [],
    packages: ['musl 1'],
  },
  'a folder of 4,000 letters with a million files': {
    path: apk,
    content: `P:musl\nV:1\nF:${'a'.repeat(4000)}/bin\n${'R:x\n'.repeat(1_000_000)}\n`,
    reasons: unreadable,
    packages: ['musl 1'],
  },
  'a list of files with 36 MB of programs': {
    path: 'var/lib/dpkg/info/a.list',
    content: `/bin/${'x'.repeat(4000)}\n`.repeat(9000),
    reasons: unreadable,
  },
  'metadata without an end of its head': {
    path: 'site-packages/a.dist-info/METADATA',
    content: 'X: y\n'.repeat(1_000_000),
    reasons: unreadable,
  },
  'a release that says everything twice': {
    path: 'etc/os-release',
    content: `${'ID=alpine\n'.repeat(3000)}ID=debian\nVERSION_ID="11"\nVERSION_ID=\u0000\n`,
    reasons: [],
    expects: ({ files }) => expect(files).toMatchObject([{ operatingSystem: { id: 'debian', versionId: '' } }]),
  },
  'a release of 1 MB': { path: 'etc/os-release', content: 'ID=a\n'.repeat(200_000), reasons: ['file-too-large'] },
};

describe('a list of packages', () => {
  it.each(Object.entries(attacks))('does no harm: %s', (_name, attack) => expectFileWithstood(attack));
});
