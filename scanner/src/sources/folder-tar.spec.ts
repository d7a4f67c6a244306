import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Budget, defaultBudget } from '../budget.ts';
import type { LayerIndex } from '../model.ts';
import { BytesSupply } from '../reading/byte-supply.ts';
import { unpackPaths } from '../reading/path-list.ts';
import { readLayer } from '../reading/read-layer.ts';
import { FolderTar, type FolderTarOptions } from './folder-tar.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wharfinger-root-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content = ''): string {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return place;
}

async function readFolder(
  options: Partial<FolderTarOptions> = {},
  folder = root,
): Promise<LayerIndex & { left: string[] }> {
  const tar = new FolderTar(folder, { wants: () => true, limits: defaultBudget, ...options });
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar.stream(new AbortController().signal)) chunks.push(chunk);
  const index = readLayer(new BytesSupply(Buffer.concat(chunks)), {
    budget: new Budget(),
    hashed: false,
  });
  return { ...index, left: tar.reasons.map(({ code, path }) => `${code} ${path}`) };
}

const pathsOf = (index: LayerIndex): string[] => [...unpackPaths(index.paths)].map(({ path }) => path);

describe('an unpacked root file system', () => {
  it('is read like a layer', async () => {
    put('etc/os-release', 'ID=debian\n');
    put(`${'long/'.repeat(40)}node_modules/p/package.json`, '{"name":"p","version":"1.0.0"}');
    symlinkSync('usr/lib', join(root, 'lib'));
    const index = await readFolder();
    expect(index.files.map(({ extractor }) => extractor)).toEqual(['os-release', 'npm']);
    expect(index.links).toEqual([{ path: 'lib', target: 'usr/lib' }]);
    expect([index.incomplete, index.left]).toEqual([[], []]);
  });

  it('leaves out the content that nobody wants', async () => {
    put('a', 'x'.repeat(100_000));
    put('b/package.json', '{}');
    const index = await readFolder({ wants: (path) => path.endsWith('.json') });
    expect(pathsOf(index)).toEqual(['b', 'b/package.json']);
    expect(index.uncompressedBytes).toBeLessThan(4096);
  });

  it('never follows a link, whatever it leads to', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'wharfinger-outside-'));
    try {
      mkdirSync(join(outside, 'node_modules/secret'), { recursive: true });
      writeFileSync(join(outside, 'node_modules/secret/package.json'), '{"name":"secret","version":"1.0.0"}');
      symlinkSync(outside, join(root, 'folder'));
      symlinkSync('../../../../../../../../etc', join(root, 'etc'));
      symlinkSync('.', join(root, 'self'));
      mkdirSync(join(root, 'node_modules/p'), { recursive: true });
      symlinkSync(join(outside, 'node_modules/secret/package.json'), join(root, 'node_modules/p/package.json'));
      const index = await readFolder();
      expect(index.files).toEqual([]);
      expect(pathsOf(index).toSorted()).toEqual([
        'etc',
        'folder',
        'node_modules',
        'node_modules/p/package.json',
        'self',
      ]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('is entered through a link when the user names one', async () => {
    put('etc/os-release', 'ID=debian\n');
    const link = `${root}-link`;
    symlinkSync(root, link);
    try {
      expect((await readFolder({}, link)).files).toHaveLength(1);
    } finally {
      rmSync(link);
    }
  });

  it('opens no pipe and no socket, which would hang', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    put('file', 'x');
    try {
      expect(pathsOf(await readFolder())).toEqual(['file']);
    } finally {
      server.close();
    }
  });

  it.each<[string, (place: string, outside: string) => void]>([
    ['a link that leads out', (place, outside) => symlinkSync(outside, place)],
    ['a pipe', (place) => void execFileSync('mkfifo', [place])],
    ['a folder', (place) => mkdirSync(place)],
  ])('is not led astray when a file becomes %s while it is read', async (_, replace) => {
    const outside = `${root}-outside`;
    writeFileSync(outside, 'ID=outside\n');
    const place = put('etc/os-release', 'ID=inside\n');
    try {
      const index = await readFolder({
        wants(path) {
          rmSync(place);
          replace(place, outside);
          return path === 'etc/os-release';
        },
      });
      expect(index.files).toEqual([]);
      expect(pathsOf(index)).toEqual(['etc']);
    } finally {
      rmSync(outside);
    }
  });

  it('promises what it gives, also for a file with a hole of gigabytes that nobody wants', async () => {
    truncateSync(put('sparse'), 20 * 1024 ** 3);
    const index = await readFolder({ wants: (_, { sizeBytes }) => sizeBytes < 1000 });
    expect(index.incomplete).toEqual([]);
  });

  it('takes names that are no text', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xff, 0xfe, 0x41)]), 'x');
    const index = await readFolder();
    expect(pathsOf(index)).toHaveLength(1);
    expect(index.left).toEqual([]);
  });

  it('tells of what it does not enter', async () => {
    put('a/b/c/d', '');
    expect((await readFolder({ limits: { depth: 2, entries: 100 } })).left).toEqual(['budget-depth undefined']);
    expect((await readFolder({ limits: { depth: 9, entries: 2 } })).left).toEqual(['budget-entries undefined']);
  });

  it('stops when it is told to', async () => {
    put('a', '');
    const tar = new FolderTar(root, { wants: () => true, limits: defaultBudget });
    const reading = tar.stream(AbortSignal.abort(new Error('enough'))).next();
    await expect(reading).rejects.toThrow('enough');
  });

  it('tells of what it may not read', async () => {
    const place = put('etc/secret', 'x');
    chmodSync(place, 0);
    const index = await readFolder();
    // Root may read everything.
    expect(index.left).toEqual(process.getuid?.() === 0 ? [] : ['path-refused etc/secret']);
  });
});
