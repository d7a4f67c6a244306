import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { tarArchive, type TarEntry } from '../../server/src/service/demo/tar-archive.ts';
import { rawEntry } from '../../tests/support/images/raw-tar.ts';

/** Files of such an image, near the mean of real ones. */
const fileBytes = 24 * 1024;
const filesPerFolder = 40;
/** A Python package stands in each of so many folders. */
const foldersPerPackage = 10;
const layers = 8;

/** An archive of `docker save` of about so many bytes, whose number of files and packages grows with it. Made once. */
export async function grownImage(
  path: string,
  bytes: number,
): Promise<{ path: string; bytes: number; packages: number }> {
  const folders = Math.max(layers, Math.round(bytes / (fileBytes * filesPerFolder)));
  const packages = Math.ceil(folders / foldersPerPackage);
  const existing = await stat(path).catch(() => undefined);
  if (existing === undefined) {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(archive(folders)), createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
  }
  return { path, bytes: (await stat(path)).size, packages };
}

/** The outer archive: headers of the layers first, then what is in them, and last what names them. */
function* archive(folders: number): Generator<Uint8Array> {
  const names = Array.from({ length: layers }, (_, layer) => `layer-${layer}/layer.tar`);
  const perLayer = Math.ceil(folders / layers);
  for (const [layer, name] of names.entries()) {
    const own = [...range(layer * perLayer, Math.min(folders, (layer + 1) * perLayer))];
    const size = own.reduce((sum, folder) => sum + bytesOf(folderEntries(folder)), 1024);
    yield header(name, size);
    for (const folder of own) yield entries(folderEntries(folder));
    yield Buffer.alloc(1024);
  }
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { diff_ids: names.map((name) => `sha256:${createHash('sha256').update(name).digest('hex')}`) },
  });
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: ['grown:latest'], Layers: names }]);
  yield tarArchive([
    { path: 'config.json', content: config },
    { path: 'manifest.json', content: manifest },
  ]);
}

function folderEntries(folder: number): TarEntry[] {
  const path = `srv/data/${folder}`;
  const files = Array.from({ length: filesPerFolder }, (_, n) => {
    const from = ((folder * filesPerFolder + n) * 4096) % (pool.length - fileBytes);
    return { path: `${path}/file-${n}.txt`, content: pool.subarray(from, from + fileBytes) };
  });
  if (folder % foldersPerPackage !== 0) return files;
  const metadata = `Metadata-Version: 2.1\nName: package-${folder}\nVersion: 1.0\n`;
  return [...files, { path: `${path}/package_${folder}-1.0.dist-info/METADATA`, content: metadata }];
}

/** Text in lines, as the rules for secrets have to look through it. */
const pool = Buffer.from(
  Array.from({ length: 12_000 }, (_, n) => createHash('sha512').update(String(n)).digest('base64')).join('\n'),
);

/** Without the two empty blocks at its end: more follows. */
function entries(of: readonly TarEntry[]): Uint8Array {
  return tarArchive(of).subarray(0, -1024);
}

function bytesOf(of: readonly TarEntry[]): number {
  return entries(of).length;
}

/** Of a member whose content comes afterwards. */
function header(path: string, sizeBytes: number): Uint8Array {
  return rawEntry({ name: path, size: sizeBytes });
}

function* range(from: number, until: number): Generator<number> {
  for (let number = from; number < until; number += 1) yield number;
}
