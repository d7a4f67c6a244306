/** The files by which each language's package manager tells of packages, with nothing else in them. */
import { deflateSync } from 'node:zlib';
import type { TarEntry } from '../../../tests/support/images/index.ts';
import { elfProgram } from '../../src/packages/go-binary/fixtures/program-file.ts';
import { buildZip, type ZipFixtureEntry } from '../../src/packages/java/fixtures/build-zip.ts';

/** Versions by name. */
export type Versions = Readonly<Record<string, string>>;

export function gemSpecifications(gems: Versions): TarEntry[] {
  return Object.entries(gems).map(([name, version]) => ({
    path: `usr/local/bundle/specifications/${name}-${version}.gemspec`,
    content: `Gem::Specification.new do |s|\n  s.name = "${name}".freeze\n  s.version = "${version}"\nend\n`,
  }));
}

export function gemfileLock(path: string, gems: Versions): TarEntry {
  const lines = Object.entries(gems).map(([name, version]) => `    ${name} (${version})\n      racc (~> 1.4)\n`);
  return { path, content: `GEM\n  remote: https://example.org/\n  specs:\n${lines.join('')}\nPLATFORMS\n  ruby\n` };
}

export function composerInstalled(folder: string, packages: Versions): TarEntry {
  const list = Object.entries(packages).map(([name, version]) => ({ name, version, type: 'library' }));
  return { path: `${folder}/vendor/composer/installed.json`, content: JSON.stringify({ packages: list }) };
}

export function composerLock(path: string, packages: Versions): TarEntry {
  const list = Object.entries(packages).map(([name, version]) => ({ name, version }));
  return { path, content: JSON.stringify({ packages: list, 'packages-dev': [] }) };
}

/** Of a program that was published: its own library is a project, not a package. */
export function publishedProgram(path: string, packages: Versions): TarEntry {
  const libraries = Object.entries(packages).map(([name, version]) => [`${name}/${version}`, { type: 'package' }]);
  const own = ['App/1.0.0', { type: 'project' }];
  return { path, content: JSON.stringify({ libraries: Object.fromEntries([own, ...libraries]) }) };
}

export function nugetLock(path: string, packages: Versions): TarEntry {
  const framework = Object.entries(packages).map(([name, version]) => [name, { type: 'Direct', resolved: version }]);
  return { path, content: JSON.stringify({ version: 1, dependencies: { 'net8.0': Object.fromEntries(framework) } }) };
}

export function cargoLock(path: string, crates: Versions): TarEntry {
  const own = '[[package]]\nname = "app"\nversion = "0.1.0"\n';
  const others = Object.entries(crates).map(
    ([name, version]) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://example.org"\n`,
  );
  return { path, content: `version = 3\n\n${[own, ...others].join('\n')}` };
}

/** Programs are larger than what they tell of their packages. */
const codeBytes = 4096;

/** A program that `cargo auditable` built; what only the build needed is not in it. */
export function auditableProgram(path: string, crates: Versions): TarEntry {
  const packages = [
    { name: 'app', version: '0.1.0', source: 'local', root: true },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build' },
    ...Object.entries(crates).map(([name, version]) => ({ name, version, source: 'crates.io' })),
  ];
  const list = deflateSync(JSON.stringify({ packages }));
  const program = elfProgram(list, { bits: 64, littleEndian: true, section: '.dep-v0' });
  return { path, content: Buffer.concat([program, Buffer.alloc(codeBytes)]), mode: 0o755 };
}

export function npmLock(path: string, packages: Versions): TarEntry {
  const entries = Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]);
  return { path, content: JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries(entries) }) };
}

export function yarnLock(path: string, packages: Versions): TarEntry {
  const entries = Object.entries(packages).map(([name, version]) => `"${name}@^1":\n  version "${version}"\n`);
  return { path, content: `# yarn lockfile v1\n\n${entries.join('\n')}` };
}

export function pnpmLock(path: string, packages: Versions): TarEntry {
  const entries = Object.entries(packages).map(([name, version]) => `  ${name}@${version}:\n    resolution: {}\n`);
  return { path, content: `lockfileVersion: '9.0'\n\npackages:\n\n${entries.join('\n')}` };
}

export function poetryLock(path: string, packages: Versions): TarEntry {
  const tables = Object.entries(packages).map(
    ([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\ngroups = ["main"]\n`,
  );
  return { path, content: `${tables.join('\n')}\n[metadata]\nlock-version = "2.1"\n` };
}

export interface Jar {
  file: string;
  /** Attributes of its manifest. */
  manifest?: Versions;
  /** What Maven left in it, as `group:artifact`. */
  maven?: Versions;
  inside?: readonly Jar[];
}

export function jarBytes({ manifest = {}, maven = {}, inside = [] }: Jar): Buffer {
  const attributes = Object.entries(manifest).map(([name, value]) => `${name}: ${value}`);
  const entries: ZipFixtureEntry[] = [
    { name: 'META-INF/MANIFEST.MF', content: ['Manifest-Version: 1.0', ...attributes, '', ''].join('\r\n') },
  ];
  for (const [name, version] of Object.entries(maven)) {
    const [group = '', artifact = ''] = name.split(':');
    const content = `version=${version}\ngroupId=${group}\nartifactId=${artifact}\n`;
    entries.push({ name: `META-INF/maven/${group}/${artifact}/pom.properties`, content });
  }
  for (const jar of inside) entries.push({ name: `BOOT-INF/lib/${jar.file}`, content: jarBytes(jar), stored: true });
  return buildZip(entries);
}
