/**
 * `npm pack` runs this first (prepack): plain JavaScript and declarations into `dist/`, the rules and the starter set beside
 * it, the licences of what was bundled, and the package.json that is published.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { rolldown } from 'rolldown';
import { packOwnRules } from '../src/secrets/rule-set.ts';
import { bundledLicences } from './bundled-licences.ts';
import { reportJsonSchema } from '../src/output/report-schema.ts';
import { plainBuiltins } from './plain-builtins.ts';
import { publishManifest, readManifest, restoreManifest } from './manifest.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));
const source = (path: string) => join(folder, 'src', path);
const dist = join(folder, 'dist');

/** Not bundled: machine code, what is seldom needed, and what shows in the types. */
const external = ['@litko/yara-x', 'temporal-polyfill', 'undici'];

/**
 * Programs and doors, each a file of its own in `dist/`. The doors share their parts; a program shares none, so that it starts
 * from files that hold nothing else.
 */
const bundles: Record<string, string>[] = [
  { index: source('index.ts'), cli: source('cli/index.ts') },
  { main: source('cli/main.ts') },
  { 'format-child': source('sandbox/format-child.ts') },
  { 'malware-child': source('sandbox/malware-child.ts') },
  { 'inflate-child': source('sandbox/inflate-child.ts') },
];

/**
 * What a plain scan needs stands in two files, each with all that it imports: what is loaded before the child starts, and
 * what is loaded meanwhile. Left alone, the bundler would make forty small ones of them.
 */
const together = [
  { name: 'start', test: /\/cli\/scan-command\.ts$/, priority: 2 },
  {
    name: 'scan',
    test: /\/(?:cli\/carry-out-scan|sources\/docker-archive|sandbox\/messages|output\/json)\.ts$/,
    priority: 1,
  },
];

/** What the programs read beside themselves. */
const assets: Record<string, string> = {
  'malware/rules': 'rules',
  'advisories/starter': 'starter',
};

restoreManifest();
await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const modules: string[] = [];
for (const entries of bundles) modules.push(...(await bundle(entries)));
await writeFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), await bundledLicences(modules));
for (const [from, to] of Object.entries(assets)) await cp(source(from), join(dist, to), { recursive: true });
await writeFile(join(dist, 'secret-rules.json'), packOwnRules());
await writeFile(join(dist, 'report.schema.json'), `${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`);
await writeDeclarations();
for (const name of ['LICENSE', 'NOTICE']) await cp(join(folder, '..', name), join(folder, name));
publishManifest(readManifest(), external);

/** The files that went in. */
async function bundle(entries: Record<string, string>): Promise<string[]> {
  const [first = ''] = Object.keys(entries);
  const build = await rolldown({
    input: entries,
    platform: 'node',
    external: external.map((name) => new RegExp(`^${name}(?:/|$)`)),
    logLevel: 'warn',
    plugins: [plainBuiltins()],
  });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    minify: true,
    keepNames: true,
    chunkFileNames: `${first}-part-[name].js`,
    codeSplitting: { groups: together, includeDependenciesRecursively: true },
  });
  await build.close();
  return output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
}

/** Declarations name each other as sources; published, they are plain. */
async function writeDeclarations(): Promise<void> {
  const types = join(dist, 'types');
  const options = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--stripInternal',
    '--outDir',
    types,
    '--rootDir',
    source(''),
  ];
  const config = join(folder, 'packaging', 'tsconfig.json');
  const { status, stdout } = spawnSync('tsc', ['-p', config, ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the declarations cannot be made: ${stdout}`);
  for (const path of await readdir(types, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = await readFile(join(types, path), 'utf8');
    await mkdir(dirname(join(types, path)), { recursive: true });
    await writeFile(join(types, path), text.replaceAll(/((?:from|import)\s*\(?\s*'\.{1,2}\/[^']*)\.ts'/g, "$1.js'"));
  }
}
