import { describe, expect, it } from 'vitest';
import { assembleInventory } from '../assemble-inventory.ts';
import type { ImageConfig, IndexedFile, LayerIndex, Package } from '../model.ts';
import { PathPacker } from '../reading/path-list.ts';

const config: ImageConfig = {
  architecture: 'amd64',
  os: 'linux',
  created: '',
  env: [],
  labels: {},
  history: [],
  diffIds: [],
};

function layer(files: IndexedFile[], links: LayerIndex['links'] = []): LayerIndex {
  const packer = new PathPacker();
  for (const { path } of files) packer.addFile(path);
  return {
    diffId: `sha256:${files.length}`,
    files,
    paths: packer.finish(),
    links,
    removed: [],
    opaque: [],
    entryCount: files.length,
    uncompressedBytes: 0,
    incomplete: [],
  };
}

function told(path: string, extractor: string, ...packages: Package[]): IndexedFile {
  return { path, sizeBytes: 1, extractor, packages };
}

function listed(layers: LayerIndex[]): string[] {
  return assembleInventory(config, layers).packages.map(
    ({ name, version, path, owner }) =>
      `${name} ${version} ${path}${owner ? ` of ${owner.name} ${owner.version}` : ''}`,
  );
}

const sixPath = 'usr/lib/python3/dist-packages/six-1.16.0.egg-info';
const status = told('var/lib/dpkg/status', 'dpkg', { kind: 'deb', name: 'python3-six', version: '1.16.0-2' });
const six = told(sixPath, 'python', { kind: 'pypi', name: 'six', version: '1.16.0' });
const list: IndexedFile = {
  path: 'var/lib/dpkg/info/python3-six.list',
  sizeBytes: 1,
  extractor: 'dpkg-files',
  packages: [],
  owned: [{ package: 'python3-six', paths: [sixPath, 'bin/tool', 'usr/share/java/a.jar'] }],
};
const own = told('usr/local/lib/python3.11/site-packages/six-1.17.0.dist-info/METADATA', 'python', {
  kind: 'pypi',
  name: 'six',
  version: '1.17.0',
});

describe('what the distribution brought', () => {
  it('is not told a second time, and what was installed beside it is', () => {
    expect(listed([layer([status, list, six]), layer([own])])).toEqual([
      'python3-six 1.16.0-2 var/lib/dpkg/status',
      `six 1.17.0 ${own.path}`,
    ]);
  });

  it('is told where nothing says whose it is, or the package is gone', () => {
    expect(listed([layer([status, six])])).toHaveLength(2);
    expect(listed([layer([told(status.path, 'dpkg'), list, six])])).toEqual([`six 1.16.0 ${sixPath}`]);
  });

  it('is told with its owner where it is in a program or an archive, also through links', () => {
    const tool = told('usr/bin/tool', 'program', { kind: 'golang', name: 'example.org/x', version: 'v1.0.0' });
    const jar = told('usr/share/java/a.jar', 'java', { kind: 'maven', name: 'g:a', version: '1' });
    expect(listed([layer([status, list, tool, jar], [{ path: 'bin', target: 'usr/bin' }])]).slice(1)).toEqual([
      'example.org/x v1.0.0 usr/bin/tool of python3-six 1.16.0-2',
      'g:a 1 usr/share/java/a.jar of python3-six 1.16.0-2',
    ]);
  });
});

describe('what a package brought that is not the package itself', () => {
  const nodejs = told('var/lib/dpkg/status', 'dpkg', { kind: 'deb', name: 'nodejs', version: '18.20.4-1nodesource1' });
  const agent = told('var/lib/dpkg/status', 'dpkg', { kind: 'deb', name: 'python3-agent', version: '7.1.0-1' });

  function ownedBy(status: IndexedFile, owner: string, file: IndexedFile): string[] {
    const owned: IndexedFile = {
      path: `var/lib/dpkg/info/${owner}.list`,
      sizeBytes: 1,
      extractor: 'dpkg-files',
      packages: [],
      owned: [{ package: owner, paths: [file.path] }],
    };
    return listed([layer([status, owned, file])]).slice(1);
  }

  it.each([
    ['semver', '7.5.0', ['semver 7.5.0 usr/lib/node_modules/x/package.json of nodejs 18.20.4-1nodesource1']],
    ['nodejs', '1.0.0', []],
    ['other', '18.20.4', []],
  ])('is told with its owner: %s %s', (name, version, expected) => {
    const file = told('usr/lib/node_modules/x/package.json', 'npm', { kind: 'npm', name, version });
    expect(ownedBy(nodejs, 'nodejs', file)).toEqual(expected);
  });

  it.each([
    ['opt/agent/lib/python3/site-packages/a.dist-info/METADATA', 'requests', 1],
    ['opt/agent/lib/python3/site-packages/a.dist-info/METADATA', 'agent', 0],
    ['usr/lib/python3/dist-packages/a.dist-info/METADATA', 'requests', 0],
  ])('is told of a vendor in opt, not of the distribution below usr: %s %s: %i', (path, name, count) => {
    const file = told(path, 'python', { kind: 'pypi', name, version: '2.0.0' });
    expect(ownedBy(agent, 'python3-agent', file)).toHaveLength(count);
  });
});

describe('what lock files tell', () => {
  const npm = (name: string, version = '1.0.0', more = {}): Package => ({ kind: 'npm', name, version, ...more });
  const lock = (path: string, ...packages: Package[]) => told(path, 'npm-lock', ...packages);
  const installed = (folder: string, name: string) =>
    told(`${folder}/node_modules/${name}/package.json`, 'npm', npm(name));

  it('is told where nothing was installed', () => {
    expect(listed([layer([lock('app/package-lock.json', npm('a'), npm('b'))])])).toEqual([
      'a 1.0.0 app/package-lock.json',
      'b 1.0.0 app/package-lock.json',
    ]);
  });

  it('is not told where it was carried out beside the file', () => {
    const files = [lock('app/package-lock.json', npm('a'), npm('b'), npm('c')), installed('app', 'a')];
    expect(listed([layer(files)])).toEqual(['a 1.0.0 app/node_modules/a/package.json']);
    expect(
      listed([layer([lock('package-lock.json', npm('a'), npm('b'), npm('c')), installed('app', 'a')])]),
    ).toHaveLength(3);
    const nested = [lock('app/x/package-lock.json', npm('b')), installed('app/x/node_modules/y', 'a')];
    expect(listed([layer(nested)])).toHaveLength(1);
  });

  it('is not told where most of it is installed elsewhere, not counting what only development needs', () => {
    const files = [
      lock('app/package-lock.json', npm('a'), npm('b'), npm('c', '1.0.0', { development: true })),
      installed('srv', 'a'),
    ];
    expect(listed([layer(files)])).toEqual(['a 1.0.0 srv/node_modules/a/package.json']);
  });

  it('is told without what is installed elsewhere where that is the lesser part', () => {
    const files = [lock('app/package-lock.json', npm('a'), npm('b'), npm('c')), installed('srv', 'a')];
    expect(listed([layer(files)]).slice(1)).toEqual(['b 1.0.0 app/package-lock.json', 'c 1.0.0 app/package-lock.json']);
  });

  it('is told once where two managers have their files in one folder', () => {
    const files = [lock('app/package-lock.json', npm('a')), told('app/yarn.lock', 'yarn-lock', npm('a'), npm('b'))];
    expect(listed([layer(files)])).toEqual(['a 1.0.0 app/package-lock.json', 'b 1.0.0 app/yarn.lock']);
  });

  it('is compared by the names that the ecosystem takes for the same', () => {
    const files = [
      told('app/poetry.lock', 'python-lock', { kind: 'pypi', name: 'ruamel-yaml', version: '1.0' }),
      told('usr/lib/x/ruamel.yaml-1.0.dist-info/METADATA', 'python', {
        kind: 'pypi',
        name: 'ruamel.yaml',
        version: '1.0',
      }),
    ];
    expect(listed([layer(files)])).toHaveLength(1);
  });
});

describe('a version that nobody can order', () => {
  it('is marked', () => {
    const files = [
      told('app/a.dist-info/METADATA', 'python', { kind: 'pypi', name: 'a', version: '0.0.0-unknown' }),
      told('app/b.dist-info/METADATA', 'python', { kind: 'pypi', name: 'b', version: '1.0' }),
    ];
    expect(assembleInventory(config, [layer(files)]).packages.map((one) => one.versionUnreadable)).toEqual([
      true,
      undefined,
    ]);
  });
});
