import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadDebs, withDependencies } from './debian.ts';
import { type Layer, run } from './layer.ts';
import { toBerkeleyDb } from './rpm-database.ts';

/** Not NDB, the third: Debian builds its rpm without it. */
export type RpmDatabase = 'sqlite' | 'berkeley-db';

const databaseFolder = 'var/lib/rpm';

/**
 * Distributions with rpm are out of reach here, so that rpm's own tools do what they would: `rpmbuild` packs the files of
 * Debian packages, `rpm` installs them and writes the database, in the form that is asked for. Nothing in them is run.
 */
export function rpm(database: RpmDatabase, ...packages: string[]): Layer {
  return {
    recipe: { rpm: packages, database },
    tools: [
      'rpm',
      'rpmbuild',
      'apt-cache',
      'apt-get',
      'dpkg-deb',
      ...(database === 'berkeley-db' ? ['db5.3_load'] : []),
    ],
    async build(root, { cache }) {
      // That one says that the system is Debian, and its folders are links here.
      const wanted = (await withDependencies(packages)).filter((name) => name !== 'base-files' && name !== 'usrmerge');
      const debs = await downloadDebs(cache, wanted);
      const rpms: string[] = [];
      for (const name of wanted) {
        const deb = debs.get(name);
        if (deb !== undefined) rpms.push(await toRpm(deb, join(cache, 'rpms', name)));
      }
      await mkdir(join(root, 'usr/lib'), { recursive: true });
      await writeFile(join(root, 'usr/lib/os-release'), 'ID=bench\nVERSION_ID=1\nPRETTY_NAME="Bench 1"\n');
      for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
        await mkdir(join(root, 'usr', folder), { recursive: true });
        await symlink(`usr/${folder}`, join(root, folder));
      }
      const trusting = [
        '--nodeps',
        '--noscripts',
        '--nosignature',
        '--nodigest',
        '--ignorearch',
        '--ignoreos',
        '--force',
      ];
      await run('rpm', ['--root', root, ...databaseSettings('sqlite'), '--install', ...trusting, ...rpms]);
      if (database === 'berkeley-db') await toBerkeleyDb(join(root, databaseFolder));
    },
  };
}

/** `name version` of each package, as rpm itself lists them. */
export async function askRpm(root: string): Promise<ReadonlySet<string>> {
  const folder = join(root, databaseFolder);
  const files = await readdir(folder).catch((): string[] => []);
  if (files.length === 0) return new Set();
  const backend = files.includes('Packages') ? 'bdb_ro' : 'sqlite';
  const format = '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n';
  const listed = await run('rpm', ['--root', root, ...databaseSettings(backend), '-qa', '--queryformat', format]);
  return new Set(listed.split('\n').filter(Boolean));
}

function databaseSettings(backend: string): string[] {
  return ['--define', `_db_backend ${backend}`, '--define', `_dbpath /${databaseFolder}`];
}

/** The path of the package; made once. */
async function toRpm(deb: string, folder: string): Promise<string> {
  const [made] = await readdir(folder).catch((): string[] => []);
  if (made !== undefined) return join(folder, made);
  const scratch = await mkdtemp(join(tmpdir(), 'wharfinger-bench-rpm-'));
  try {
    const root = join(scratch, 'root');
    await run('dpkg-deb', ['-x', deb, root]);
    const list = join(scratch, 'files');
    const find = 'cd "$0" && find . ! -type d -printf \'"/%P"\\n\' && find . -type d -empty -printf \'%%dir "/%P"\\n\'';
    await writeFile(list, await run('sh', ['-c', find, root]));
    const spec = join(scratch, 'package.spec');
    await writeFile(spec, await specOf(deb, root, list));
    const settings = { _topdir: scratch, _rpmdir: join(scratch, 'out'), _rpmfilename: '%{NAME}.rpm' };
    const defines = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    await run('rpmbuild', ['-bb', '--quiet', '--target', 'x86_64', ...defines, spec]);
    const [built = ''] = await readdir(join(scratch, 'out'));
    await mkdir(folder, { recursive: true });
    await run('mv', [join(scratch, 'out', built), folder]);
    return join(folder, built);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The package under the name of its source, as distributions have it: advisories are published for that one. */
async function specOf(deb: string, root: string, list: string): Promise<string> {
  const field = async (name: string) => (await run('dpkg-deb', ['-f', deb, name])).trim();
  const [name, version, source] = await Promise.all([field('Package'), field('Version'), field('Source')]);
  const [, epoch, upstream = '', release = '1'] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
  const sourceName = source.split(' ', 1)[0] || name;
  const isOwn = sourceName === name;
  return [
    '%global __os_install_post %{nil}',
    '%global debug_package %{nil}',
    '%global _binary_payload w1.gzdio',
    `Name: ${sourceName}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    `Version: ${upstream.replaceAll('-', '.')}`,
    `Release: ${release}`,
    'Summary: of a benchmark',
    'License: of its files',
    'AutoReqProv: no',
    '%description',
    ...(isOwn ? [] : [`%package -n ${name}`, 'Summary: of a benchmark', 'AutoReqProv: no', `%description -n ${name}`]),
    '%install',
    `mkdir -p %{buildroot} && cp -a ${root}/. %{buildroot}`,
    isOwn ? `%files -f ${list}` : `%files -n ${name} -f ${list}`,
    '',
  ].join('\n');
}
