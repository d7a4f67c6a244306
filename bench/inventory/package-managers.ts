import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const maxBuffer = 256 * 1024 ** 2;
const pythonFolder = 'usr/local/lib/python3.11/dist-packages';

const manifest = z.tuple([z.looseObject({ Layers: z.array(z.string()) })]);
const pythonPackages = z.array(z.looseObject({ name: z.string(), version: z.string() }));
const npmPackages = z.array(
  z.looseObject({ name: z.string().optional(), version: z.string().optional(), location: z.string() }),
);

/** What dpkg, npm and pip themselves list of an image, each as a set of `name version`; unpacked for the time of asking. */
export async function askPackageManagers(archive: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const root = await mkdtemp(join(tmpdir(), 'wharfinger-bench-root-'));
  try {
    const { stdout } = await run('tar', ['-xOf', archive, 'manifest.json']);
    const [{ Layers: layers }] = manifest.parse(JSON.parse(stdout));
    for (const layer of layers) {
      await run('sh', ['-c', 'tar -xOf "$0" "$1" | tar -x --no-same-owner -C "$2"', archive, layer, root]);
    }
    return new Map([
      ['deb', await askDpkg(root)],
      ['npm', await askNpm(root)],
      ['pypi', await askPip(root)],
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function askDpkg(root: string): Promise<ReadonlySet<string>> {
  const database = `--admindir=${join(root, 'var/lib/dpkg')}`;
  const { stdout } = await run('dpkg-query', [database, '-W', '-f', '${Package} ${Version}\n'], { maxBuffer });
  return new Set(stdout.split('\n').filter(Boolean));
}

async function askNpm(root: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const parent = join(root, 'srv');
  for (const application of existsSync(parent) ? await readdir(parent) : []) {
    const { stdout } = await run('npm', ['query', '*'], { cwd: join(parent, application), maxBuffer });
    for (const { name, version, location } of npmPackages.parse(JSON.parse(stdout))) {
      // The application itself has no place in `node_modules`.
      if (location !== '' && name !== undefined && version !== undefined) found.add(`${name} ${version}`);
    }
  }
  return found;
}

async function askPip(root: string): Promise<ReadonlySet<string>> {
  const folder = join(root, pythonFolder);
  if (!existsSync(folder)) return new Set();
  const args = ['list', '--path', folder, '--format', 'json', '--disable-pip-version-check'];
  const { stdout } = await run('pip', args, { maxBuffer });
  return new Set(pythonPackages.parse(JSON.parse(stdout)).map(({ name, version }) => `${name} ${version}`));
}
