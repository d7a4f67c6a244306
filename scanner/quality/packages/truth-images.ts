/** Images whose every package is known, in the formats of each package manager, with what only looks like a package. */
import {
  alpineRoot,
  type BuiltImage,
  buildImage,
  debianRoot,
  goProgram,
  npmPackage,
  pythonEgg,
  pythonPackage,
  type TarEntry,
} from '../../../tests/support/images/index.ts';
import type { PackageKind } from '../../src/model.ts';
import { elfProgram } from '../../src/packages/go-binary/fixtures/program-file.ts';
import publishedJars from '../../src/packages/java/fixtures/published-jars.json' with { type: 'json' };
import {
  buildBerkeleyDb,
  buildNdb,
  buildSqlite,
  type RpmFixture,
} from '../../src/packages/rpm/fixtures/build-databases.ts';
import {
  apks,
  crates,
  debs,
  gems,
  composers,
  eggs,
  locked,
  modules,
  npms,
  nugets,
  pythons,
  rpms,
} from './known-packages.ts';
import {
  auditableProgram,
  cargoLock,
  composerInstalled,
  composerLock,
  gemfileLock,
  gemSpecifications,
  type Jar,
  jarBytes,
  npmLock,
  nugetLock,
  pnpmLock,
  poetryLock,
  publishedProgram,
  type Versions,
  yarnLock,
} from './manifests.ts';

export interface TruthImage {
  name: string;
  image: BuiltImage;
  packages: readonly KnownPackage[];
}

export interface KnownPackage {
  kind: PackageKind;
  name: string;
  version: string;
}

export function truthImages(): TruthImage[] {
  return [debianImage(), alpineImage(), ...rpmImages(), lockedImage()];
}

/** Everything that is installed, over four layers: one brings it up to date, and one takes something away. */
function debianImage(): TruthImage {
  const listed = Object.entries(debs).map(([name, version]) => ({ name, version }));
  const removed = { name: 'telnet', version: '0.17-42', status: 'deinstall ok config-files' };
  const before = listed.map((one) => (one.name === 'libssl3' ? { ...one, version: '3.0.9-1' } : one));
  const [ownedEgg] = pythonEgg('PyYAML', '6.0', 'file');
  const layers: TarEntry[][] = [
    debianRoot('12', [...before, removed]),
    [
      ...debianRoot('12', [...listed, removed]),
      { path: 'var/lib/dpkg/info/python3-yaml.list', content: `/.\n/usr\n/${ownedEgg?.path ?? ''}\n` },
      ...(ownedEgg === undefined ? [] : [ownedEgg]),
    ],
    [
      ...Object.entries(pythons).flatMap(([name, version]) => pythonPackage(name, version)),
      ...Object.entries(eggs).flatMap(([name, version]) => pythonEgg(name, version, 'folder')),
      ...Object.entries(npms).flatMap(([name, version]) => npmPackage(name, version)),
      ...npmPackage('qs', '6.5.3', 'srv/shop/node_modules/express'),
      ...npmPackage('gone', '1.0.0'),
      ...gemSpecifications(gems),
      composerInstalled('srv/php', composers),
      publishedProgram('srv/net/App.deps.json', nugets),
      auditableProgram('usr/local/bin/rust', crates),
      goProgram(
        'usr/local/bin/go',
        'go1.21.3',
        { path: 'example.com/server', version: '(devel)' },
        Object.entries(modules).map(([path, version]) => ({ path, version })),
      ),
      ...jars.map((jar) => ({ path: `srv/java/${jar.file}`, content: jarBytes(jar) })),
      ...decoys(),
    ],
    [{ path: 'srv/shop/node_modules/.wh.gone', content: '' }],
  ];
  return {
    name: 'installed on Debian',
    image: buildImage({ layers: layers.map((entries) => ({ entries })) }),
    packages: [
      ...known('deb', debs),
      ...known('pypi', { ...pythons, ...eggs }),
      ...known('npm', { ...npms, qs: '6.5.3' }),
      ...known('gem', gems),
      ...known('composer', composers),
      ...known('nuget', nugets),
      ...known('cargo', crates),
      ...known('golang', { stdlib: 'go1.21.3', ...modules }),
      ...publishedJars.map(({ name, version }) => ({ kind: 'maven' as const, name, version })),
      ...known('maven', {
        'org.apache.logging.log4j:log4j-core': '2.14.1',
        'com.example:shaded': '1.0',
        'a.b:inner': '3',
      }),
    ],
  };
}

/** Those without anything of Maven's, one renamed, and one with another in it. */
const jars: readonly Jar[] = [
  ...publishedJars.map(({ file, manifest }) => ({ file, manifest: manifest satisfies Versions })),
  { file: 'renamed.jar', maven: { 'org.apache.logging.log4j:log4j-core': '2.14.1' } },
  { file: 'boot.jar', inside: [{ file: 'shaded-1.0.jar', maven: { 'com.example:shaded': '1.0', 'a.b:inner': '3' } }] },
];

/** What looks like a package and is none, or is one that is told already. */
function decoys(): TarEntry[] {
  const manifest = JSON.stringify({ name: 'shop', version: '1.0.0' });
  return [
    { path: 'srv/shop/package.json', content: manifest },
    { path: 'srv/shop/node_modules/express/lib/package.json', content: '{"type":"module"}' },
    { path: 'srv/shop/node_modules/express/test/fixtures/package.json', content: manifest },
    npmLock('srv/shop/package-lock.json', { ...npms, fsevents: '2.3.2' }),
    npmLock('srv/shop/node_modules/express/package-lock.json', { mocha: '10.0.0' }),
    composerLock('srv/php/composer.lock', { ...composers, 'phpunit/phpunit': '9.5.0' }),
    composerLock('srv/php/vendor/twig/twig/composer.lock', { 'old/one': '1.0.0' }),
    cargoLock('root/.cargo/registry/src/x/Cargo.lock', { rand: '0.8.5' }),
    { path: 'usr/local/bundle/gems/rack-2.2.4/rack.gemspec', content: 's.name = "rack"\ns.version = Rack.release\n' },
    { path: 'usr/share/doc/METADATA', content: 'Name: documentation\nVersion: 1.0\n' },
    { path: 'srv/java/config.jar', content: jarBytes({ file: 'config.jar' }) },
    {
      path: 'usr/local/bin/plain',
      content: elfProgram(Buffer.from('x'), { bits: 64, littleEndian: true, section: '.text' }),
      mode: 0o755,
    },
  ];
}

function alpineImage(): TruthImage {
  const entries = alpineRoot(
    '3.20.3',
    Object.entries(apks).map(([name, version]) => ({ name, version })),
  );
  return { name: 'installed on Alpine', image: buildImage({ layers: [{ entries }] }), packages: known('apk', apks) };
}

function rpmImages(): TruthImage[] {
  const forms = {
    'rpmdb.sqlite': (packages: readonly RpmFixture[]) => buildSqlite(packages),
    'Packages.db': (packages: readonly RpmFixture[]) => buildNdb(packages),
    Packages: (packages: readonly RpmFixture[]) => buildBerkeleyDb(packages),
  };
  return Object.entries(forms).map(([file, write]) => ({
    name: `installed by rpm, in ${file}`,
    image: buildImage({ layers: [{ entries: [{ path: `var/lib/rpm/${file}`, content: write(rpms) }] }] }),
    packages: rpms.map(({ name, epoch, version, release }) => ({
      kind: 'rpm',
      name,
      version: `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`,
    })),
  }));
}

/** What lock files say is to be installed, where nothing is. */
function lockedImage(): TruthImage {
  const entries = [
    npmLock('srv/npm/package-lock.json', locked.npm),
    yarnLock('srv/yarn/yarn.lock', locked.yarn),
    pnpmLock('srv/pnpm/pnpm-lock.yaml', locked.pnpm),
    poetryLock('srv/poetry/poetry.lock', locked.poetry),
    gemfileLock('srv/ruby/Gemfile.lock', locked.gem),
    composerLock('srv/php/composer.lock', locked.composer),
    nugetLock('srv/net/packages.lock.json', locked.nuget),
    cargoLock('srv/rust/Cargo.lock', locked.cargo),
  ];
  return {
    name: 'locked',
    image: buildImage({ layers: [{ entries }] }),
    packages: [
      ...known('npm', { ...locked.npm, ...locked.yarn, ...locked.pnpm }),
      ...known('pypi', locked.poetry),
      ...known('gem', locked.gem),
      ...known('composer', locked.composer),
      ...known('nuget', locked.nuget),
      ...known('cargo', locked.cargo),
    ],
  };
}

function known(kind: PackageKind, versions: Versions): KnownPackage[] {
  return Object.entries(versions).map(([name, version]) => ({ kind, name, version }));
}
