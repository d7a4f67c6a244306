/**
 * Builds the images that are measured, once, into a cache folder outside of the project: Debian packages unpacked into a
 * root file system with the database that dpkg would have, and where npm and pip are at hand packages that they install.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface BenchImage {
  name: string;
  /** As `docker save` has written it up to Docker 24: layers as plain tars. */
  plain: string;
  /** The same with layers compressed by gzip, as registries hold them. */
  gzip: string;
  plainBytes: number;
  files: number;
}

/** What is in a layer. Debian packages bring what they depend on; later layers leave out what is there already. */
interface Layer {
  debian?: string[];
  python?: string[];
  node?: string[];
}

const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@1700000000'];
const onlyDependencies = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
  (kind) => `--no-${kind}`,
);
const packagesAtOnce = 40;
const base = ['base-files', 'bash', 'coreutils', 'dpkg', 'apt', 'util-linux', 'login', 'mount', 'tzdata'];
const recipes: Readonly<Record<string, Layer[]>> = {
  small: [{ debian: base }],
  medium: [
    { debian: base },
    { debian: ['python3', 'git', 'curl', 'nginx-light'] },
    { python: ['django==4.2.0', 'requests==2.28.0', 'numpy==1.26.0', 'pillow==10.0.0', 'sqlalchemy==2.0.0'] },
    { node: ['express@4.18.0', 'lodash@4.17.20', 'webpack@5.75.0', 'eslint@8.30.0'] },
  ],
  large: [
    { debian: base },
    { debian: ['python3', 'git', 'curl', 'nginx-light'] },
    { debian: ['build-essential', 'golang-go', 'clang', 'openjdk-17-jre-headless', 'postgresql'] },
    {
      python: [
        'django==4.2.0',
        'requests==2.28.0',
        'pandas==2.1.0',
        'scipy==1.11.0',
        'matplotlib==3.8.0',
        'jupyterlab==4.0.0',
      ],
    },
    { node: ['react-scripts@5.0.1', 'express@4.18.0', 'typescript@5.0.2', 'jest@29.5.0', '@angular/cli@16.0.0'] },
    { node: ['next@13.4.0', 'vite@4.3.0', 'svelte@3.59.0'] },
  ],
};

/** Where images and packages are kept between runs. */
export function cacheFolder(): string {
  return process.env['WHARFINGER_BENCH_CACHE'] ?? join(tmpdir(), 'wharfinger-bench');
}

/** The images that there are, the smallest first. */
export const imageNames: readonly string[] = Object.keys(recipes);

/** These images, built where they are not there yet. */
export async function buildImages(names: readonly string[], log: (line: string) => void): Promise<BenchImage[]> {
  const images: BenchImage[] = [];
  for (const name of names) images.push(await buildImage(name, recipes[name] ?? [], log));
  return images;
}

async function buildImage(name: string, layers: readonly Layer[], log: (line: string) => void): Promise<BenchImage> {
  // Another recipe is another image: the digest of what it is made of is in its folder's name.
  const recipe = createHash('sha256').update(JSON.stringify(layers)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `${name}-${recipe}`);
  if (!existsSync(join(folder, 'done'))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const installed = new Set<string>();
    const stanzas: string[] = [];
    const tars: string[] = [];
    for (const [index, layer] of layers.entries()) {
      const root = join(folder, `root-${index}`);
      await mkdir(root, { recursive: true });
      log(`building ${name}, layer ${index + 1} of ${layers.length}`);
      if (layer.debian) await addDebianPackages(root, layer.debian, installed, stanzas);
      if (layer.python) await addPythonPackages(root, layer.python, log);
      if (layer.node) await addNodePackages(root, index, layer.node, log);
      const tar = join(folder, `layer-${index}.tar`);
      await run('tar', [...reproducible, '-C', root, '-cf', tar, '.']);
      await rm(root, { recursive: true, force: true });
      tars.push(tar);
    }
    await writeArchives(folder, tars);
    for (const tar of tars) await rm(tar);
    await writeFile(join(folder, 'done'), '');
  }
  const plain = join(folder, 'plain.tar');
  const files = Number((await run('sh', ['-c', listFiles(plain)], { maxBuffer: 1024 })).stdout);
  return { name, plain, gzip: join(folder, 'gzip.tar'), plainBytes: (await stat(plain)).size, files };
}

/** The number of files in the layers of an archive. */
function listFiles(archive: string): string {
  return `for layer in $(tar -tf '${archive}' | grep layer); do tar -xOf '${archive}' $layer | tar -tf -; done | wc -l`;
}

async function addDebianPackages(
  root: string,
  names: readonly string[],
  installed: Set<string>,
  stanzas: string[],
): Promise<void> {
  const wanted = (await withDependencies(names)).filter((name) => !installed.has(name));
  const debs = join(cacheFolder(), 'debs');
  await mkdir(debs, { recursive: true });
  await download(debs, wanted);
  const files = await debFiles(debs);
  for (const name of wanted) {
    const deb = files.get(name);
    installed.add(name);
    if (deb === undefined) continue;
    await run('dpkg-deb', ['-x', deb, root]);
    const { stdout } = await run('dpkg-deb', ['-f', deb], { maxBuffer: 1024 ** 2 });
    const [first = '', ...rest] = stdout.trimEnd().split('\n');
    stanzas.push([first, 'Status: install ok installed', ...rest, ''].join('\n'));
  }
  const database = join(root, 'var/lib/dpkg');
  await mkdir(database, { recursive: true });
  await writeFile(join(database, 'status'), stanzas.join('\n'));
}

/** Names of real packages, in order. What only stands for others (virtual packages) is in angle brackets or absent. */
async function withDependencies(names: readonly string[]): Promise<string[]> {
  const { stdout } = await run('apt-cache', ['depends', '--recurse', ...onlyDependencies, ...names], {
    maxBuffer: 64 * 1024 ** 2,
  });
  const found = stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line) && !line.includes(':i386'));
  return [...new Set(found)].toSorted();
}

/** Brings the packages' files; a name that no package of this architecture has brings none. */
async function download(debs: string, names: readonly string[]): Promise<void> {
  const present = await debFiles(debs);
  const missing = names.filter((name) => !present.has(name));
  for (let start = 0; start < missing.length; start += packagesAtOnce) {
    const some = missing.slice(start, start + packagesAtOnce);
    // One name that apt does not have makes it refuse them all: then each by itself.
    await run('apt-get', ['download', '-qq', ...some], { cwd: debs }).catch(async () => {
      for (const name of some) await run('apt-get', ['download', '-qq', name], { cwd: debs }).catch(() => undefined);
    });
  }
}

/** Paths by package name. */
async function debFiles(debs: string): Promise<Map<string, string>> {
  const files = (await readdir(debs)).filter((file) => file.endsWith('.deb'));
  return new Map(files.map((file) => [file.slice(0, file.indexOf('_')), join(debs, file)]));
}

async function addPythonPackages(
  root: string,
  packages: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const target = join(root, 'usr/local/lib/python3.11/dist-packages');
  await mkdir(target, { recursive: true });
  const args = ['install', '--quiet', '--no-compile', '--disable-pip-version-check', '--target', target, ...packages];
  await run('pip', args, { maxBuffer: 16 * 1024 ** 2 }).catch((error: unknown) =>
    log(`without Python packages: ${firstLine(error)}`),
  );
}

async function addNodePackages(
  root: string,
  index: number,
  packages: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const folder = join(root, `srv/app-${index}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
  const args = [
    'install',
    '--silent',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    ...packages,
  ];
  await run('npm', args, { cwd: folder, maxBuffer: 16 * 1024 ** 2 }).catch((error: unknown) =>
    log(`without npm packages: ${firstLine(error)}`),
  );
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .split('\n', 2)
    .join(' ');
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
