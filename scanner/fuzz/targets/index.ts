/** The parsers of what comes from outside, by the names that `npm run fuzz` knows them by. */
import { spawnSync } from 'node:child_process';
import type { FuzzTarget, TargetLoader } from '../fuzz-target.ts';
import type { lists } from './lists.ts';

type ListName = keyof typeof lists;

const advisories = () => import('./advisories.ts');
const filesOfUsers = () => import('./files-of-users.ts');
const images = () => import('./images.ts');
const inflate = () => import('./inflate.ts');
const programs = () => import('./programs.ts');
const rpm = () => import('./rpm.ts');
const sandbox = () => import('./sandbox.ts');
const scan = () => import('./scan.ts');
const secrets = () => import('./secrets.ts');
const list = (name: ListName) => async (): Promise<FuzzTarget> => (await import('./lists.ts')).lists[name];

const hasGo = spawnSync('go', ['version']).status === 0;

export const targets: Readonly<Record<string, TargetLoader>> = {
  tar: async () => (await import('./tar.ts')).tar,
  gzip: async () => (await inflate()).gzip,
  zstd: async () => (await inflate()).zstd,
  jar: async () => (await import('./jar.ts')).jar,
  archives: async () => (await import('./archives.ts')).archives,
  dpkg: list('dpkg'),
  'dpkg-files': list('dpkg-files'),
  apk: list('apk'),
  'rpm-berkeley-db': async () => (await rpm()).rpmBerkeleyDb,
  'rpm-ndb': async () => (await rpm()).rpmNdb,
  'rpm-sqlite': async () => (await rpm()).rpmSqlite,
  'rpm-header': async () => (await rpm()).rpmHeader,
  'os-release': list('os-release'),
  npm: list('npm'),
  'npm-lock': list('npm-lock'),
  'yarn-lock': list('yarn-lock'),
  'pnpm-lock': list('pnpm-lock'),
  python: list('python'),
  'poetry-lock': list('poetry-lock'),
  'pipfile-lock': list('pipfile-lock'),
  'go-elf': async () => (await programs()).goElf,
  'go-pe': async () => (await programs()).goPe,
  'go-mach-o': async () => (await programs()).goMachO,
  'cargo-auditable': async () => (await programs()).cargoAuditable,
  'cargo-lock': list('cargo-lock'),
  gemspec: list('gemspec'),
  'gemfile-lock': list('gemfile-lock'),
  composer: list('composer'),
  'composer-lock': list('composer-lock'),
  'deps-json': list('deps-json'),
  'nuget-lock': list('nuget-lock'),
  re2: async () => (await secrets()).re2,
  gitleaks: async () => (await secrets()).gitleaks,
  secrets: async () => (await secrets()).secrets,
  'osv-record': async () => (await advisories()).osvRecord,
  'osv-list': async () => (await advisories()).osvList,
  'advisory-file': async () => (await advisories()).advisoryFile,
  'ignore-file': async () => (await filesOfUsers()).ignoreFile,
  enrichment: async () => (await filesOfUsers()).enrichment,
  'yara-outline': async () => (await filesOfUsers()).yaraOutline,
  'docker-manifest': async () => (await images()).dockerManifest,
  'image-config': async () => (await images()).imageConfig,
  manifest: async () => (await images()).manifest,
  'registry-headers': async () => (await images()).registryHeaders,
  'registry-reference': async () => (await images()).registryReference,
  'docker-config': async () => (await import('./credentials.ts')).dockerConfig,
  'sandbox-frames': async () => (await sandbox()).sandboxFrames,
  'sandbox-messages': async () => (await sandbox()).sandboxMessages,
  'path-list': async () => (await sandbox()).pathList,
  layer: async () => (await import('./layer.ts')).layer,
  // Go tells what is right: without it there is nothing to compare with.
  ...(hasGo ? { 'tar-as-go': async () => (await import('./tar-as-go.ts')).tarAsGo } : {}),
  'scan-archive': async () => (await scan()).scanArchive,
  'scan-layer': async () => (await scan()).scanLayer,
  'scan-killed': async () => (await scan()).scanKilled,
};

/** A whole scan with its processes costs as much as ten thousand inputs of a parser: so many are given where no number is asked for. */
export const fewerInputs: ReadonlyMap<string, number> = new Map([
  ['scan-archive', 2000],
  ['scan-layer', 2000],
  ['scan-killed', 500],
]);
