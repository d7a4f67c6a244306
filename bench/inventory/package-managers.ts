import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runApk } from '../images/alpine.ts';
import { run } from '../images/layer.ts';
import { sitePackages } from '../images/python.ts';
import { askRpm } from '../images/rpm.ts';

/** What a package manager says is in an image. */
export interface Oracle {
  kind: string;
  /** Each as `name version`. */
  listed: ReadonlySet<string>;
  /** Only what stands in files below this folder, whether or not the distribution brought them. */
  below?: string;
}

/** Where Debian's own packages put what is written in Python. */
const distributionPackages = 'usr/lib/python3/dist-packages';

const pythonPackages = z.array(z.looseObject({ name: z.string(), version: z.string() }));
const npmPackages = z.array(
  z.looseObject({ name: z.string().optional(), version: z.string().optional(), location: z.string() }),
);

/** What the package managers list of an image that is unpacked at `root`; those whose packages it has none of say nothing. */
export async function askPackageManagers(root: string): Promise<Oracle[]> {
  const answers: Oracle[] = [
    { kind: 'deb', listed: await askDpkg(root) },
    { kind: 'apk', listed: await askApk(root) },
    { kind: 'rpm', listed: await askRpm(root) },
    { kind: 'npm', listed: await askNpm(root) },
    { kind: 'pypi', listed: await askPip(join(root, sitePackages)) },
    { kind: 'pypi', listed: await askPip(join(root, distributionPackages)), below: distributionPackages },
    { kind: 'golang', listed: await askGo(join(root, 'opt/go')) },
  ];
  return answers.filter(({ listed }) => listed.size > 0);
}

async function askDpkg(root: string): Promise<ReadonlySet<string>> {
  const database = join(root, 'var/lib/dpkg');
  if (!existsSync(join(database, 'status'))) return new Set();
  const format = '${db:Status-Abbrev}${Package} ${Version}\n';
  return installed(await run('dpkg-query', [`--admindir=${database}`, '-W', '-f', format]), /^.i. +(.+)$/);
}

async function askApk(root: string): Promise<ReadonlySet<string>> {
  if (!existsSync(join(root, 'lib/apk/db/installed'))) return new Set();
  const lines = (await runApk(root, ['--no-network', 'info', '--verbose'])).split('\n').filter(Boolean);
  return new Set(lines.map((line) => line.replace(/-(\d[^-]*(?:-r\d+)?)$/, ' $1')));
}

async function askNpm(root: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const parent = join(root, 'srv');
  for (const application of existsSync(parent) ? await readdir(parent) : []) {
    const answer = await run('npm', ['query', '*'], { cwd: join(parent, application) });
    for (const { name, version, location } of npmPackages.parse(JSON.parse(answer))) {
      // The application itself has no place in `node_modules`.
      if (location !== '' && name !== undefined && version !== undefined) found.add(`${name} ${version}`);
    }
  }
  return found;
}

async function askPip(folder: string): Promise<ReadonlySet<string>> {
  if (!existsSync(folder)) return new Set();
  const answer = await run('pip', ['list', '--path', folder, '--format', 'json', '--disable-pip-version-check']);
  return new Set(pythonPackages.parse(JSON.parse(answer)).map(({ name, version }) => `${name} ${version}`));
}

/** Modules with a released version, those that stand in for others, and the standard library under the toolchain's name. */
async function askGo(folder: string): Promise<ReadonlySet<string>> {
  if (!existsSync(folder)) return new Set();
  const found = new Set<string>();
  let last: string | undefined;
  for (const line of (await run('go', ['version', '-m', folder])).split('\n')) {
    const toolchain = /: (go\d\S*)/.exec(line)?.[1];
    if (toolchain !== undefined) found.add(`stdlib ${toolchain}`);
    const [, word, path, version] = line.split('\t');
    if (word === '=>' && last !== undefined) found.delete(last);
    if ((word === 'mod' || word === 'dep' || word === '=>') && version !== undefined && version !== '(devel)') {
      last = `${path} ${version}`;
      found.add(last);
    }
  }
  return found;
}

/** What the expression takes of the lines that it meets. */
function installed(text: string, line: RegExp): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((one) => line.exec(one)?.[1] ?? []));
}
