/** Real and hostile archives of the data pack, read by the real children. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeSharedData } from '../../tests/support/requirements.ts';
import { memoryAdvisories } from './advisories/advisory-lookup.ts';
import type { OsvRecord } from './advisories/osv-record.ts';
import { readAdvisories } from './advisories/read-advisories.ts';
import { assembleInventory } from './assemble-inventory.ts';
import { indexImage } from './index-image.ts';
import { matchInventory } from './matching/index.ts';
import { type Inventory, type LayerIndex, ScanError } from './model.ts';
import { unpackPaths } from './reading/path-list.ts';
import { createSandbox, type Sandbox } from './sandbox/index.ts';
import { openImage } from './sources/index.ts';

interface Known {
  path: string;
  package: string;
  version: string;
  /** Ids of advisories. */
  expected: string[];
}

describeSharedData('images of the data pack', (data) => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = createSandbox();
  });
  afterAll(() => sandbox.close());

  async function read(name: string): Promise<{ layers: LayerIndex[]; inventory: Inventory }> {
    const source = await openImage(join(data, 'images', name), { verify: true });
    try {
      const { layers } = await indexImage(source, { sandbox, riskClasses: ['vulnerabilities'] });
      return { layers, inventory: assembleInventory(source.config, layers) };
    } finally {
      await source.close();
    }
  }

  async function codeOf(name: string): Promise<string> {
    try {
      await read(name);
    } catch (error) {
      if (error instanceof ScanError) return error.reason.code;
      throw error;
    }
    return 'none';
  }

  const pathsOf = ({ paths }: LayerIndex): string[] =>
    [...unpackPaths(paths)].map(({ path, isFolder }) => (isFolder ? `${path}/` : path));

  it.each([
    ['own-debian-11', 'Debian:11'],
    ['own-alpine-3.10', 'Alpine:v3.10'],
    ['own-almalinux-8', 'AlmaLinux:8'],
  ])('%s has exactly its known packages', async (name, ecosystem) => {
    const fixture = readFileSync(join(data, `fixtures/image-${name}.json`), 'utf8');
    const known = JSON.parse(fixture) as Known[];
    const { layers, inventory } = await read(`docker-save/${name}.tar.gz`);
    const told = inventory.packages.map(({ path, name: one, version }) => `/${path} ${one.toLowerCase()} ${version}`);
    expect(known.length).toBeGreaterThan(10);
    expect(told.toSorted()).toEqual(
      known.map((one) => `${one.path} ${one.package.toLowerCase()} ${one.version}`).toSorted(),
    );
    expect(new Set(inventory.packages.map(({ layer }) => layer))).toEqual(new Set([layers[0]?.diffId]));
    expect(inventory.operatingSystem?.ecosystem).toBe(ecosystem);
    expect(inventory.incomplete).toEqual([]);
  });

  it('own images have exactly the expected advisories, from the archive to the findings', async () => {
    const records: OsvRecord[] = [];
    for await (const record of readAdvisories(join(data, 'advisories'))) records.push(record);
    const advisories = memoryAdvisories(records);
    const told: Record<string, string[]> = {};
    const wanted: Record<string, string[]> = {};
    for (const name of ['own-almalinux-8', 'own-alpine-3.10', 'own-debian-11']) {
      const { inventory } = await read(`docker-save/${name}.tar.gz`);
      for (const { package: found, advisories: ids } of await matchInventory(inventory, advisories)) {
        const key = `${name} ${found.name.toLowerCase()} ${found.version}`;
        told[key] = [...new Set([...(told[key] ?? []), ...ids])].toSorted();
      }
      const fixture = readFileSync(join(data, `fixtures/image-${name}.json`), 'utf8');
      for (const one of (JSON.parse(fixture) as Known[]).filter(({ expected }) => expected.length > 0)) {
        wanted[`${name} ${one.package.toLowerCase()} ${one.version}`] = one.expected.toSorted();
      }
    }
    expect(Object.keys(wanted)).toHaveLength(45);
    expect(told).toEqual(wanted);
  });

  it.each([
    ['docker-save/alpine-310.tar.gz', 14, 482],
    ['docker-save/alpine-311.tar.gz', 14, 488],
  ])('%s, saved by a real Docker, is read to its end', async (name, packages, entries) => {
    const { layers, inventory } = await read(name);
    expect(inventory.packages).toHaveLength(packages);
    expect(layers.map(({ entryCount, incomplete }) => [entryCount, incomplete])).toEqual([[entries, []]]);
  });

  it.each([
    ['docker-save/test_image_1.tar', [['bar', 'foo']]],
    ['docker-save/test_bundle.tar', [['bat', 'baz']]],
    ['docker-save/test_bundle.tar:test_image_1', [['bar', 'foo']]],
    ['docker-save/test_link.tar', [['bar', 'foo']]],
    ['docker-save/test_link.tar:bazel/v1/tarball:test_image_3', [['bar', 'foo'], ['test']]],
    ['layers/source_image.tar', [['bar', 'foo']]],
    ['layers/source_image_with_empty_layer_history.tar', [['bar', 'foo']]],
    ['layers/overwritten_file.tar', [['foo.txt'], ['bar.txt', 'foo.txt'], []]],
    ['layers/whiteout_image.tar', [['bar.txt', 'foo.txt'], [], []]],
    ['layers/whiteout_dir.tar', [['a/', 'a/foo'], ['b/', 'b/bar'], [], ['a/', 'a/baz']]],
    ['tar-attacks/overwrite-file.tar', [['sample.txt'], ['sample.txt']]],
    ['tar-attacks/permissions.tar', [['sample.txt']]],
    ['tar-attacks/multiple-files.tar', [['foo.txt'], ['dir1/', 'dir1/bar.txt', 'dir1/baz.txt']]],
  ])('%s has the layers that it names', async (name, expected) => {
    const { layers } = await read(name);
    expect(layers.map(pathsOf)).toEqual(expected);
    expect(layers.flatMap(({ incomplete }) => incomplete)).toEqual([]);
  });

  it.each([
    ['layers/whiteout_image.tar', [[], ['foo.txt'], []]],
    ['layers/whiteout_dir.tar', [[], [], ['a'], []]],
  ])('%s removes what it says', async (name, expected) => {
    expect((await read(name)).layers.map(({ removed }) => removed)).toEqual(expected);
  });

  it.each([
    ['docker-save/no_manifest.tar', 'target-unreadable'],
    ['docker-save/null_manifest.tar', 'target-unreadable'],
    ['tar-attacks/escape.tar', 'target-unreadable'],
    ['docker-save/test_bundle.tar:no-such-image', 'target-not-found'],
  ])('%s is refused', async (name, code) => {
    expect(await codeOf(name)).toBe(code);
  });

  it.each([
    'symlink-attack.tar',
    'symlink-basic.tar',
    'symlink-cycle.tar',
    'symlink-dangling.tar',
    'symlink-depth-exceeded.tar',
    'symlinks.tar',
  ])('links of tar-attacks/%s lead nowhere', async (name) => {
    const { inventory } = await read(`tar-attacks/${name}`);
    expect(inventory).toMatchObject({ packages: [], secrets: [], malware: [], incomplete: [] });
  });
});
