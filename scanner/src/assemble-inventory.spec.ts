import { describe, expect, it } from 'vitest';
import { fakeGitHubToken, tarArchive, type TarEntry } from '../../tests/support/images/index.ts';
import { assembleInventory } from './assemble-inventory.ts';
import { Budget } from './budget.ts';
import type { ImageConfig, Inventory, LayerIndex } from './model.ts';
import { BytesSupply } from './reading/byte-supply.ts';
import { readLayer } from './reading/read-layer.ts';
import { loadSecretRules } from './secrets/index.ts';

const secretRules = loadSecretRules();
const config: ImageConfig = {
  architecture: 'amd64',
  os: 'linux',
  created: '',
  env: [`TOKEN=${fakeGitHubToken()}`],
  labels: {},
  history: [],
  diffIds: [],
};

function layer(number: number, entries: TarEntry[]): LayerIndex {
  const index = readLayer(new BytesSupply(tarArchive(entries)), {
    secretRules,
    budget: new Budget(),
    hashed: false,
  });
  return { ...index, diffId: `layer ${number}` };
}

function assemble(...layers: TarEntry[][]): Inventory {
  return assembleInventory(
    config,
    layers.map((entries, number) => layer(number, entries)),
  );
}

const packagesOf = ({ packages }: Inventory): string[] =>
  packages.map(({ name, version, layer, path }) => `${name} ${version} ${layer} ${path}`);
const secretsOf = ({ secrets }: Inventory): string[] =>
  secrets.map(({ path, layer, hidden }) => `${path} ${layer}${hidden ? ' hidden' : ''}`);

const npm = (folder: string, name: string, version = '1.0.0'): TarEntry => ({
  path: `${folder}/node_modules/${name}/package.json`,
  content: JSON.stringify({ name, version }),
});
const key = (path: string): TarEntry => ({ path, content: fakeGitHubToken() });
const folder = (path: string): TarEntry => ({ path, folder: true });
const dpkg = (packages: Record<string, string>, path = 'var/lib/dpkg/status'): TarEntry => ({
  path,
  content: Object.entries(packages)
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
    .join('\n'),
});
const apk = (path: string, version: string): TarEntry => ({ path, content: `P:musl\nV:${version}\nA:x86_64\n\n` });

describe('what the top sees', () => {
  it.each<[string, TarEntry[][], string[]]>([
    ['a file of a lower layer', [[npm('a', 'p')], [npm('b', 'q')]], ['p', 'q']],
    [
      'not what a whiteout removes',
      [[npm('a', 'p')], [{ path: 'a/node_modules/p/.wh.package.json', content: '' }]],
      [],
    ],
    [
      'not what is in a folder that a whiteout removes',
      [[npm('a', 'p'), npm('ab', 'q')], [{ path: '.wh.a', content: '' }]],
      ['q'],
    ],
    [
      'not what is below an opaque folder',
      [[npm('a', 'p'), npm('ab', 'q')], [{ path: 'a/.wh..wh..opq', content: '' }]],
      ['q'],
    ],
    [
      'what the same layer puts into its opaque folder',
      [[npm('a', 'p')], [{ path: 'a/.wh..wh..opq', content: '' }, npm('a', 'q')]],
      ['q'],
    ],
    [
      'nothing of below when the root is opaque',
      [[npm('a', 'p')], [{ path: '.wh..wh..opq', content: '' }, npm('b', 'q')]],
      ['q'],
    ],
    [
      'what the same layer removes below and sets itself',
      [[npm('a', 'p')], [{ path: '.wh.a', content: '' }, npm('a', 'q')]],
      ['q'],
    ],
    [
      'not a file in whose place a folder comes',
      [[{ path: 'etc/os-release', content: 'ID=x' }, npm('a', 'p')], [npm('a/node_modules/p/package.json', 'q')]],
      ['q'],
    ],
    [
      'not a file in whose place an empty folder comes',
      [[npm('a', 'p')], [folder('a/node_modules/p/package.json')]],
      [],
    ],
    [
      'not a folder in whose place a file comes',
      [[npm('a', 'p'), npm('ab', 'q')], [{ path: 'a', content: 'file' }]],
      ['q'],
    ],
    ['not a folder in whose place a link comes', [[npm('a', 'p')], [{ path: 'a', target: 'elsewhere' }]], []],
    [
      'a folder that became a file and a folder again',
      [[npm('a', 'p')], [{ path: 'a', content: 'file' }], [npm('a', 'q')]],
      ['q'],
    ],
    [
      'a file that was removed and came back',
      [[npm('a', 'p')], [{ path: '.wh.a', content: '' }], [npm('a', 'p')]],
      ['p'],
    ],
    ['a folder that is only told again', [[npm('a', 'p')], [folder('a'), folder('a/node_modules')]], ['p']],
    ['the last version of a file', [[npm('a', 'p')], [npm('a', 'p', '2.0.0')]], ['p']],
    [
      'what marks of aufs and whiteouts of nothing leave alone',
      [
        [npm('a', 'p')],
        [
          { path: 'a/.wh..wh.plnk', content: '' },
          { path: 'a/.wh...', content: '' },
          { path: 'a/.wh.', content: '' },
        ],
      ],
      ['p'],
    ],
  ])('is %s', (_, layers, expected) => {
    expect(assemble(...layers).packages.map(({ name }) => name)).toEqual(expected);
  });
});

describe('the layer of a package', () => {
  it('is the lowest from which it stands unchanged, though every layer writes the database anew', () => {
    const inventory = assemble(
      [dpkg({ bash: '1', curl: '1', gone: '1' })],
      [dpkg({ bash: '1', curl: '2', gone: '1' })],
      [folder('tmp')],
      [dpkg({ bash: '1', curl: '2', vim: '1' })],
    );
    expect(packagesOf(inventory)).toEqual([
      'bash 1 layer 0 var/lib/dpkg/status',
      'curl 2 layer 1 var/lib/dpkg/status',
      'vim 1 layer 3 var/lib/dpkg/status',
    ]);
  });

  it('is a later one for what was away meanwhile', () => {
    const other = assemble([dpkg({ a: '1', b: '1' })], [dpkg({ b: '1' })], [dpkg({ a: '1', b: '1' })]);
    expect(packagesOf(other).map((text) => text.slice(0, 11))).toEqual(['a 1 layer 2', 'b 1 layer 0']);
    const removed = assemble(
      [dpkg({ a: '1' })],
      [{ path: 'var/lib/dpkg/.wh.status', content: '' }],
      [dpkg({ a: '1' })],
    );
    expect(packagesOf(removed)).toEqual(['a 1 layer 2 var/lib/dpkg/status']);
  });
});

describe('links', () => {
  it.each<[string, TarEntry[][], string[]]>([
    [
      'a database behind a folder that is a link',
      [[{ path: 'lib', target: 'usr/lib' }, apk('usr/lib/apk/db/installed', '1')]],
      ['musl 1 layer 0 usr/lib/apk/db/installed'],
    ],
    [
      'a database that a layer writes through the link of a lower one',
      [[{ path: 'lib', target: '/usr/lib' }, apk('usr/lib/apk/db/installed', '1')], [apk('lib/apk/db/installed', '2')]],
      ['musl 2 layer 1 usr/lib/apk/db/installed'],
    ],
    [
      'a database that stands somewhere else, known by a link of its own layer',
      [[dpkg({ a: '1' }, 'opt/dpkg/status'), { path: 'var/lib/dpkg', target: '../../opt/dpkg' }]],
      ['a 1 layer 0 opt/dpkg/status'],
    ],
    [
      'a database that stands somewhere else, known by a link of another layer',
      [[{ path: 'var/lib/dpkg', target: '/opt/dpkg' }], [dpkg({ a: '1' }, 'opt/dpkg/status')]],
      ['a 1 layer 1 opt/dpkg/status'],
    ],
    ['no database that no link leads to', [[dpkg({ a: '1' }, 'opt/dpkg/status')]], []],
    [
      'no database whose link a layer took away',
      [
        [{ path: 'var/lib/dpkg', target: '/opt/dpkg' }, dpkg({ a: '1' }, 'opt/dpkg/status')],
        [{ path: 'var/lib/.wh.dpkg', content: '' }],
      ],
      [],
    ],
    [
      'a folder that takes the place of a link',
      [
        [{ path: 'lib', target: 'usr/lib' }, apk('usr/lib/apk/db/installed', '1')],
        [folder('lib'), apk('lib/apk/db/installed', '2')],
      ],
      ['musl 1 layer 0 usr/lib/apk/db/installed', 'musl 2 layer 1 lib/apk/db/installed'],
    ],
    [
      'links in a circle, and out of the root',
      [
        [
          { path: 'var', target: 'var' },
          { path: 'lib', target: '../../../outside' },
          dpkg({ a: '1' }, 'var/lib/dpkg/status'),
          apk('lib/apk/db/installed', '1'),
        ],
      ],
      ['a 1 layer 0 var/lib/dpkg/status', 'musl 1 layer 0 outside/apk/db/installed'],
    ],
  ])('%s', (_, layers, expected) => {
    expect(packagesOf(assemble(...layers))).toEqual(expected);
  });

  it('etc/os-release counts before usr/lib/os-release, and a link leads to either', () => {
    const release = (path: string, id: string): TarEntry => ({ path, content: `ID=${id}\n` });
    expect(assemble([release('usr/lib/os-release', 'a'), release('etc/os-release', 'b')]).operatingSystem?.id).toBe(
      'b',
    );
    expect(
      assemble([release('usr/lib/os-release', 'a'), { path: 'etc/os-release', target: '../usr/lib/os-release' }])
        .operatingSystem?.id,
    ).toBe('a');
    expect(
      assemble([release('opt/os-release', 'c'), { path: 'etc/os-release', target: '/opt/os-release' }]).operatingSystem
        ?.id,
    ).toBe('c');
    expect(assemble([release('opt/os-release', 'c')]).operatingSystem).toBeUndefined();
  });
});

describe('secrets', () => {
  it.each<[string, TarEntry[][], string[]]>([
    ['are seen', [[key('a')]], ['a layer 0']],
    ['are hidden by a whiteout', [[key('a')], [{ path: '.wh.a', content: '' }]], ['a layer 0 hidden']],
    ['are hidden by another file', [[key('a')], [{ path: 'a', content: '' }]], ['a layer 0 hidden']],
    ['are told once when the file is written again with them', [[key('a')], [key('a')]], ['a layer 1']],
    [
      'are told once when several hidden files hold them',
      [[key('a')], [key('a')], [{ path: '.wh.a', content: '' }]],
      ['a layer 0 hidden'],
    ],
    ['are hidden when the same layer buries them', [[key('a'), { path: 'a', content: '' }]], ['a layer 0 hidden']],
    [
      'are seen under the name that stays',
      [[key('a'), { path: 'b', target: 'a', hard: true }], [{ path: '.wh.a', content: '' }]],
      ['b layer 0', 'a layer 0 hidden'],
    ],
  ])('%s', (_, layers, expected) => {
    expect(secretsOf(assemble(...layers))).toEqual(expected);
  });

  it('of the configuration are found where rules are given', () => {
    expect(assembleInventory(config, []).secrets).toEqual([]);
    expect(secretsOf(assembleInventory(config, [], secretRules))).toEqual(['env:TOKEN ']);
  });
});

describe('malware', () => {
  it('is present only where the top sees it', () => {
    const file = {
      path: 'bin/x',
      sizeBytes: 3,
      md5: 'm',
      sha256: 's',
      malware: [{ rule: 'r', title: '', severity: 'high' as const, category: '', author: '', tags: [] }],
    };
    const below = { ...layer(0, []), files: [file] };
    expect(assembleInventory(config, [below]).malware).toMatchObject([
      { path: 'bin/x', rule: 'r', md5: 'm', sha256: 's', layer: 'layer 0' },
    ]);
    expect(assembleInventory(config, [below, layer(1, [{ path: 'bin/.wh.x', content: '' }])]).malware).toEqual([]);
  });
});

it('tells of which layer could not be read', () => {
  const broken = { ...layer(0, []), incomplete: [{ code: 'layer-truncated' as const, message: 'cut off' }] };
  expect(assembleInventory(config, [broken]).incomplete).toEqual([
    { code: 'layer-truncated', message: 'cut off', layer: 'layer 0' },
  ]);
});
