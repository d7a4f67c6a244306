/** What `docker save` writes, of all versions: `manifest.json` names the configuration and the layers of each image. */
import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { type ImageConfig, type ImageSource, type LayerSource, ScanError } from '../model.ts';
import { compressionOf } from '../reading/inflate.ts';
import { inflateToFile } from '../sandbox/index.ts';
import { type ArchiveFile, ArchiveTable } from './archive-table.ts';
import { parseImageConfig } from './image-config.ts';

export interface DockerArchiveOptions {
  /** Which of several images: a name such as `team/app:1.2`, or only `:1.2`. Without it the first. */
  image?: string;
  /** Every layer is read whole and compared with its digest. */
  verify?: boolean;
}

const mostManifestBytes = 8 * 1024 * 1024;

const manifest = z
  .array(
    z.object({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).max(1000).nullish(),
    }),
  )
  .max(10_000);
type ManifestEntry = z.infer<typeof manifest>[number];

/**
 * Opens an archive: plain, or compressed with gzip or zstd (it is unpacked into a file without a name then). Throws
 * `ScanError`. The layers are ranges of the open file: `close` closes it.
 */
export async function openDockerArchive(
  target: string,
  path: string,
  { image, verify = false }: DockerArchiveOptions = {},
): Promise<ImageSource> {
  const { fd, stats } = await openPlain(path);
  try {
    const table = new ArchiveTable(fd, path);
    const entry = choose(readManifest(fd, table, path), image, path);
    const configBytes = readFile(fd, table, entry.Config, path);
    const config = parseImageConfig(configBytes);
    return {
      kind: 'docker-archive',
      target,
      imageId: `sha256:${createHash('sha256').update(configBytes).digest('hex')}`,
      digest: '',
      config,
      layers: layersOf(entry, config, table, { fd, stats, path }),
      verified: verify,
      close: async () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function openPlain(path: string): Promise<{ fd: number; stats: BigIntStats }> {
  const fd = openFile(path);
  const head = Buffer.alloc(4);
  const length = readSync(fd, head, 0, 4, 0);
  const stats = fstatSync(fd, { bigint: true });
  const compression = compressionOf(head.subarray(0, length));
  if (compression === 'none') return { fd, stats };
  try {
    if (compression === 'unsupported') throw unreadable(path, 'is compressed with something else than gzip or zstd');
    return { fd: await inflateToFile(fd), stats };
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new ScanError({ code: 'target-unreadable', message: `${path} cannot be opened` }, { cause: error });
  }
}

function readManifest(fd: number, table: ArchiveTable, path: string): ManifestEntry[] {
  if (table.get('manifest.json') === undefined) {
    throw unreadable(path, 'has no manifest.json: it is no archive made by docker save (1.10 or later)');
  }
  try {
    return manifest.parse(JSON.parse(readFile(fd, table, 'manifest.json', path).toString('utf8')));
  } catch (error) {
    if (error instanceof ScanError) throw error;
    throw unreadable(path, 'has a manifest.json that cannot be read');
  }
}

function choose(entries: ManifestEntry[], image: string | undefined, path: string): ManifestEntry {
  const chosen =
    image === undefined
      ? entries[0]
      : entries.find(({ RepoTags }) =>
          (RepoTags ?? []).some((tag) => tag === image || (image.startsWith(':') && tag.endsWith(image))),
        );
  if (chosen !== undefined) return chosen;
  if (image === undefined) throw unreadable(path, 'holds no image');
  const names = entries.flatMap(({ RepoTags }) => RepoTags ?? []);
  const others = names.length === 0 ? 'none has a name' : `there are ${names.slice(0, 20).join(', ')}`;
  throw new ScanError({
    code: 'target-not-found',
    message: `${path} holds no image ${image}: ${others}`.slice(0, 1000),
  });
}

function layersOf(
  entry: ManifestEntry,
  config: ImageConfig,
  table: ArchiveTable,
  archive: { fd: number; stats: BigIntStats; path: string },
): LayerSource[] {
  const names = entry.Layers ?? [];
  if (names.length !== config.diffIds.length) {
    throw unreadable(archive.path, `has ${names.length} layers, but its configuration names ${config.diffIds.length}`);
  }
  return names.map((name, index) => {
    const file = find(table, name, archive.path);
    return {
      digest: '',
      diffId: config.diffIds[index] ?? '',
      sizeBytes: file.length,
      cacheKey: cacheKeyOf(archive.stats, file),
      content: { type: 'range', fd: archive.fd, ...file },
    };
  });
}

/** Of the file as the user has it, also when it had to be unpacked. */
function cacheKeyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats, { offset, length }: ArchiveFile): string {
  return [dev, ino, size, mtimeNs, ctimeNs, offset, length].join(':');
}

function readFile(fd: number, table: ArchiveTable, name: string, path: string): Buffer {
  const { offset, length } = find(table, name, path);
  if (length > mostManifestBytes) throw unreadable(path, `has a ${name.slice(0, 100)} of ${length} bytes`);
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, offset + done);
    if (count === 0) throw unreadable(path, 'is cut off');
    done += count;
  }
  return bytes;
}

function find(table: ArchiveTable, name: string, path: string): ArchiveFile {
  const file = table.get(name);
  if (file === undefined) throw unreadable(path, `names ${name.slice(0, 200)}, which it does not hold`);
  return file;
}

function unreadable(path: string, what: string): ScanError {
  return new ScanError({ code: 'target-unreadable', message: `${path} ${what}` });
}
