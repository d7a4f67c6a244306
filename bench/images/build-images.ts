/** Builds the images that are measured, once, into a cache folder outside of the project. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ImageInProgress, type Layer, missingTools, run } from './layer.ts';
import { recipes } from './recipes.ts';

export interface BenchImage {
  name: string;
  /** As `docker save` has written it up to Docker 24: layers as plain tars. */
  plain: string;
  /** The same with layers compressed by gzip, as registries hold them. */
  gzip: string;
  plainBytes: number;
  files: number;
  layers: number;
  /** The folder of what its builders noted. */
  notes: string;
}

/** Changes with what the builders do with a recipe. */
const builders = 2;
const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@1700000000'];

/** Where images and packages are kept between runs. */
export function cacheFolder(): string {
  return process.env['WHARFINGER_BENCH_CACHE'] ?? join(tmpdir(), 'wharfinger-bench');
}

/** These images, built where they are not there yet. One that this machine cannot build is left out, and why is told. */
export async function buildImages(names: readonly string[], log: (line: string) => void): Promise<BenchImage[]> {
  const images: BenchImage[] = [];
  for (const name of names) {
    try {
      images.push(await buildImage(name, recipes[name] ?? [], log));
    } catch (error) {
      log(`without the image ${name}: ${String(error instanceof Error ? error.message : error).slice(0, 300)}`);
    }
  }
  return images;
}

async function buildImage(name: string, layers: readonly Layer[], log: (line: string) => void): Promise<BenchImage> {
  // Another recipe is another image: the digest of what it is made of is in its folder's name.
  const made = JSON.stringify([builders, ...layers.map(({ recipe }) => recipe)]);
  const folder = join(cacheFolder(), `${name}-${createHash('sha256').update(made).digest('hex').slice(0, 12)}`);
  if (!existsSync(join(folder, 'done'))) {
    const missing = await missingTools(layers.flatMap(({ tools }) => tools));
    const reasons = [
      ...missing.map((tool) => `${tool} is not installed`),
      ...layers.flatMap((layer) => layer.missing ?? []),
    ];
    if (reasons.length > 0) throw new Error([...new Set(reasons)].join(', '));
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const shared = { cache: cacheFolder(), notes: folder, debian: { installed: new Set<string>(), stanzas: [] } };
    const tars: string[] = [];
    for (const [index, layer] of layers.entries()) {
      log(`building ${name}, layer ${index + 1} of ${layers.length}`);
      tars.push(await buildLayer(layer, { ...shared, layer: index }));
    }
    await writeArchives(folder, tars);
    for (const tar of tars) await rm(tar);
    await writeFile(join(folder, 'done'), '');
  }
  const plain = join(folder, 'plain.tar');
  const files = Number(await run('sh', ['-c', countFiles, plain]));
  const { size: plainBytes } = await stat(plain);
  return { name, plain, gzip: join(folder, 'gzip.tar'), plainBytes, files, layers: layers.length, notes: folder };
}

/** The number of files in the layers of an archive. */
const countFiles = 'for layer in $(tar -tf "$0" | grep layer); do tar -xOf "$0" $layer | tar -tf -; done | wc -l';

/** The path of the layer's tar. */
async function buildLayer(layer: Layer, image: ImageInProgress): Promise<string> {
  const root = join(image.notes, `root-${image.layer}`);
  await mkdir(root, { recursive: true });
  try {
    await layer.build(root, image);
    const tar = join(image.notes, `layer-${image.layer}.tar`);
    await run('tar', [...reproducible, '-C', root, '-cf', tar, '.']);
    return tar;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeArchives(folder: string, tars: readonly string[]): Promise<void> {
  const diffIds: string[] = [];
  for (const tar of tars) diffIds.push(await sha256(tar));
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: diffIds.map((hex) => `sha256:${hex}`) },
    history: diffIds.map(() => ({ created_by: 'bench' })),
  });
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(join(folder, configName), config);
  for (const form of ['plain', 'gzip']) {
    const layers: string[] = [];
    for (const [index, tar] of tars.entries()) {
      const name = `layer-${index}.${form === 'plain' ? 'tar' : 'tar.gz'}`;
      if (form === 'gzip') await run('sh', ['-c', `gzip -6 -c '${tar}' > '${join(folder, name)}'`]);
      layers.push(name);
    }
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify([{ Config: configName, RepoTags: ['bench:latest'], Layers: layers }]),
    );
    const fresh = join(folder, `${form}.tar.new`);
    await run('tar', ['-C', folder, '-cf', fresh, configName, ...layers, 'manifest.json']);
    await rename(fresh, join(folder, `${form}.tar`));
    if (form === 'gzip') for (const layer of layers) await rm(join(folder, layer));
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
