import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, run } from './layer.ts';

const onlyDependencies = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
  (kind) => `--no-${kind}`,
);
const packagesAtOnce = 40;

/**
 * Debian packages with what they depend on, unpacked, and the database that dpkg would have: its status and the list of
 * files of each. Nothing of them is run. Later layers leave out what is there already.
 */
export function debian(...packages: string[]): Layer {
  return {
    recipe: { debian: packages },
    tools: ['apt-cache', 'apt-get', 'dpkg-deb'],
    async build(root, { cache, debian: { installed, stanzas } }) {
      const wanted = (await withDependencies(packages)).filter((name) => !installed.has(name));
      const files = await downloadDebs(cache, wanted);
      const lists = join(root, 'var/lib/dpkg/info');
      await mkdir(lists, { recursive: true });
      for (const name of wanted) {
        const deb = files.get(name);
        installed.add(name);
        if (deb === undefined) continue;
        await run('dpkg-deb', ['-x', deb, root]);
        const [first = '', ...rest] = (await run('dpkg-deb', ['-f', deb])).trimEnd().split('\n');
        stanzas.push([first, 'Status: install ok installed', ...rest, ''].join('\n'));
        await writeFile(join(lists, listName(name, rest)), await fileList(deb));
      }
      await writeFile(join(root, 'var/lib/dpkg/status'), stanzas.join('\n'));
    },
  };
}

/** Names of real packages, in order. What only stands for others (virtual packages) is in angle brackets or absent. */
export async function withDependencies(names: readonly string[]): Promise<string[]> {
  const stdout = await run('apt-cache', ['depends', '--recurse', ...onlyDependencies, ...names]);
  const found = stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line) && !line.includes(':i386'));
  return [...new Set(found)].toSorted();
}

/** Paths of the packages' files, by name; a name that no package of this architecture has is absent. */
export async function downloadDebs(cache: string, names: readonly string[]): Promise<Map<string, string>> {
  const folder = join(cache, 'debs');
  await mkdir(folder, { recursive: true });
  const present = await debFiles(folder);
  const missing = names.filter((name) => !present.has(name));
  for (let start = 0; start < missing.length; start += packagesAtOnce) {
    const some = missing.slice(start, start + packagesAtOnce);
    // One name that apt does not have makes it refuse them all: then each by itself.
    await run('apt-get', ['download', '-qq', ...some], { cwd: folder }).catch(async () => {
      for (const name of some) await run('apt-get', ['download', '-qq', name], { cwd: folder }).catch(() => undefined);
    });
  }
  return debFiles(folder);
}

async function debFiles(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.deb'));
  return new Map(files.map((file) => [file.slice(0, file.indexOf('_')), join(folder, file)]));
}

/** Packages that may be there for two architectures have theirs in the name. */
function listName(name: string, control: readonly string[]): string {
  const field = (wanted: string) => control.find((line) => line.startsWith(`${wanted}: `))?.slice(wanted.length + 2);
  return field('Multi-Arch') === 'same' ? `${name}:${field('Architecture') ?? ''}.list` : `${name}.list`;
}

/** As dpkg writes it: `/.`, then every folder and file with a slash before it and none behind. */
async function fileList(deb: string): Promise<string> {
  const names = await run('sh', ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -t --quoting-style=literal', deb]);
  return names
    .split('\n')
    .filter(Boolean)
    .map((name) => (name === './' ? '/.\n' : `${name.slice(1).replace(/\/$/, '')}\n`))
    .join('');
}
